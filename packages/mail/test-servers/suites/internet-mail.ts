/** The mail objects of the platform, in Russian, with real servers: the exchange as the administrator's guide has it. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { SecureConnectionParameters } from '../../src/index.ts'
import {
  ИнтернетПочта,
  ИнтернетПочтовоеСообщение,
  ИнтернетПочтовыйПрофиль,
  ИсключениеПочтовогоЯщика,
  ПротоколИнтернетПочты,
} from '../../src/ru.ts'
import {
  type Laboratory,
  type LabMailbox,
  type LabPort,
  mailboxAt,
  passwordPorts,
  toMailServer,
} from '../laboratory.ts'
import { awaitLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** How often a maildrop is tried that others hold. */
const MOST_TRIES = 500

/** Where a test sends to and reads from. */
interface Место {
  readonly laboratory: Laboratory
  readonly port: LabPort
  readonly mailbox: LabMailbox
}

export function describeInternetMail(laboratory: Laboratory): void {
  const [first] = passwordPorts(laboratory, 'pop3')
  const [user] = laboratory.users
  const ports = (['pop3', 'imap'] as const).flatMap((protocol) =>
    passwordPorts(laboratory, protocol).filter(({ server }) => server === first?.server),
  )
  describe('ИнтернетПочта', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      const mailbox = user && mailboxAt(port, user)
      if (mailbox === undefined) continue
      it(`sends exchange messages, takes the last and leaves the rest, at ${port.id}`, () =>
        обменяться({ laboratory, port, mailbox }))
    }
  })
}

async function обменяться(место: Место): Promise<void> {
  const метка = crypto.randomUUID()
  const папка = await mkdtemp(join(tmpdir(), 'obmen-internet-mail-'))
  try {
    const чужие = [`Обед? ${метка}`, `СООБЩЕНИЕ_ОБМЕНА: Message_ЦБ_С02-${метка}_9.xml`]
    const Начало = `СООБЩЕНИЕ_ОБМЕНА: Message_ЦБ_${метка}_`
    const темы = [...чужие, `${Начало}6.xml`, `${Начало}11.xml`, `${Начало}7.xml`]
    await послать(место, папка, темы)

    await забрать(место, Начало, join(папка, 'Message.xml'))

    assert.equal(await readFile(join(папка, 'Message.xml'), 'utf8'), `${Начало}11.xml`)
    // Letters that come at once come in any order.
    assert.deepEqual(new Set(await осталось(место, метка)), new Set(чужие))
  } finally {
    await rm(папка, { recursive: true })
  }
}

async function послать(место: Место, папка: string, темы: readonly string[]): Promise<void> {
  const { laboratory, mailbox } = место
  const Почта = new ИнтернетПочта()
  await Почта.Подключиться(профильОтправки(laboratory))
  const посланные: { readonly messageId: string }[] = []
  for (const Тема of темы) {
    const ИмяФайла = join(папка, 'message.xml')
    await writeFile(ИмяФайла, Тема)
    const Сообщение = new ИнтернетПочтовоеСообщение()
    Сообщение.Тема = Тема
    Сообщение.Отправитель = laboratory.users[0]?.address
    Сообщение.Получатели.Добавить(mailbox.address)
    Сообщение.Вложения.Добавить(ИмяФайла, 'Message.xml')
    Сообщение.ИдентификаторСообщения = `<${crypto.randomUUID()}@lab.test>`
    assert.equal((await Почта.Послать(Сообщение)).size, 0)
    посланные.push({ messageId: Сообщение.ИдентификаторСообщения })
  }
  await Почта.Отключиться()
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(pop3)
  await using found = await awaitLetters(toMailServer(laboratory, pop3, mailbox), посланные)
  assert.equal(found.numbers.length, темы.length)
}

/** Как в руководстве администратора. */
async function забрать(место: Место, Начало: string, ИмяФайла: string): Promise<void> {
  const Номер = ({ Тема }: ИнтернетПочтовоеСообщение): number =>
    Number.parseInt(Тема.slice(Начало.length), 10)
  const Почта = await подключиться(место)
  const Письма = await Почта.Выбрать(false)
  const Сообщения = Письма.filter(
    ({ Тема, Вложения }) => Тема.startsWith(Начало) && Вложения.Количество() > 0,
  )
  Сообщения.sort((Первое, Второе) => Номер(Второе) - Номер(Первое))
  await Сообщения[0]?.Вложения[0]?.Данные.Записать(ИмяФайла)
  await Почта.УдалитьСообщения(Сообщения)
  if (место.port.protocol === 'imap') await Почта.ОчиститьУдаленныеСообщения()
  await Почта.Отключиться()
}

/** The subjects of what is left of a test, which goes with that. */
async function осталось(место: Место, метка: string): Promise<readonly string[]> {
  const Почта = await подключиться(место)
  const isImap = место.port.protocol === 'imap'
  const Письма = await Почта.ПолучитьЗаголовки({
    Тема: метка,
    ...(isImap && { Прочитанные: false, Удаленные: false }),
  })
  await Почта.УдалитьСообщения(Письма)
  if (isImap) await Почта.ОчиститьУдаленныеСообщения()
  await Почта.Отключиться()
  return Письма.map(({ Тема }) => Тема)
}

function профильОтправки(laboratory: Laboratory): ИнтернетПочтовыйПрофиль {
  const Профиль = new ИнтернетПочтовыйПрофиль()
  const port = passwordPorts(laboratory, 'smtp').find(({ tls }) => tls !== 'none')
  const [user] = laboratory.users
  assert.ok(port && user)
  Профиль.ПараметрыЗащиты = new SecureConnectionParameters(readFileSync(laboratory.ca, 'utf8'))
  Профиль.АдресСервераSMTP = port.host
  Профиль.ПортSMTP = port.port
  Профиль.ИспользоватьSSLSMTP = port.tls === 'implicit'
  Профиль.ПользовательSMTP = user.login
  Профиль.ПарольSMTP = user.password
  return Профиль
}

/** Others read the same mailbox, and a server may take a moment to notice that they have gone. */
async function подключиться({ laboratory, port, mailbox }: Место): Promise<ИнтернетПочта> {
  const Профиль = new ИнтернетПочтовыйПрофиль()
  Профиль.ПараметрыЗащиты = new SecureConnectionParameters(readFileSync(laboratory.ca, 'utf8'))
  const isImap = port.protocol === 'imap'
  if (isImap) {
    Профиль.АдресСервераIMAP = port.host
    Профиль.ПортIMAP = port.port
    Профиль.ИспользоватьSSLIMAP = port.tls === 'implicit'
    Профиль.ПользовательIMAP = mailbox.user
    Профиль.ПарольIMAP = mailbox.password
  } else {
    Профиль.АдресСервераPOP3 = port.host
    Профиль.ПортPOP3 = port.port
    Профиль.ИспользоватьSSLPOP3 = port.tls === 'implicit'
    Профиль.Пользователь = mailbox.user
    Профиль.Пароль = mailbox.password
  }
  const протокол = isImap ? ПротоколИнтернетПочты.IMAP : ПротоколИнтернетПочты.POP3
  for (let attempt = 1; ; attempt += 1) {
    const Почта = new ИнтернетПочта()
    try {
      const СигналОтмены = AbortSignal.timeout(TIMEOUT_MS)
      await Почта.Подключиться(Профиль, протокол, { СигналОтмены })
      return Почта
    } catch (error) {
      const isHeld = error instanceof ИсключениеПочтовогоЯщика && error.transient
      if (!isHeld || attempt === MOST_TRIES) throw error
    }
  }
}
