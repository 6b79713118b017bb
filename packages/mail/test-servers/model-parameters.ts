/** Parameters of the object model for the ports of the laboratory. */
import { readFileSync } from 'node:fs'

import { PasswordEmailAuthentication, SecureConnectionParameters } from '../src/index.ts'
import type { АргументыПодключения } from '../src/ru.ts'
import type { Laboratory, LabMailbox, LabPort } from './laboratory.ts'

/** How to log in to a mailbox at a port. */
export function parametersAt(
  laboratory: Laboratory,
  port: LabPort,
  { user, password }: LabMailbox,
): АргументыПодключения {
  return {
    Сервер: port.host,
    Порт: port.port,
    ИспользоватьSsl: port.tls === 'implicit',
    РазрешитьStartTls: port.tls === 'starttls',
    Аутентификация: new PasswordEmailAuthentication(user, password),
    ПараметрыЗащиты: new SecureConnectionParameters(readFileSync(laboratory.ca, 'utf8')),
  }
}
