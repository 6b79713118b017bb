/** The mail servers that the file named by `MAIL_LAB_JSON` describes. */
import { readFileSync } from 'node:fs'

import { type MailServer, Secret } from '@obmen/mail/smtp'

export interface LabPort {
  readonly id: string
  readonly server: string
  readonly protocol: 'smtp' | 'pop3' | 'imap'
  readonly host: string
  readonly port: number
  readonly tls: 'none' | 'starttls' | 'implicit'
  readonly auth: readonly string[]
}

export interface LabUser {
  readonly address: string
  readonly login: string
  readonly password: string
  readonly cyrus_login?: string
  readonly courier_login?: string
}

export interface Laboratory {
  readonly name: string
  readonly ca: string
  readonly users: readonly LabUser[]
  readonly ports: readonly LabPort[]
}

/** Reads the description; without one, says how to get one. */
export function readLaboratory(): Laboratory {
  const file = process.env['MAIL_LAB_JSON']
  if (file === undefined) {
    throw new Error(
      'MAIL_LAB_JSON names no lab.json; start servers with: npm run mail-servers -- up DIR',
    )
  }
  const laboratory: Laboratory = JSON.parse(readFileSync(file, 'utf8'))
  return laboratory
}

/** Logs in by password: what every port that offers it has to understand. */
export function passwordPorts(
  { ports }: Laboratory,
  protocol: LabPort['protocol'],
): readonly LabPort[] {
  return ports.filter((port) => {
    const offersPassword = port.auth.some((name) => /^PLAIN$|^LOGIN$|USER\/PASS/.test(name))
    return port.protocol === protocol && offersPassword
  })
}

export function toMailServer(
  laboratory: Laboratory,
  port: LabPort,
  credentials: { readonly user: string; readonly password: string },
): MailServer {
  return {
    host: port.host,
    port: port.port,
    tls: port.tls,
    servername: laboratory.name,
    ca: readFileSync(laboratory.ca, 'utf8'),
    credentials: { user: credentials.user, password: new Secret(credentials.password) },
  }
}
