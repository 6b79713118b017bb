/** The object model for receiving by POP3, in Russian, with real servers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  ВидКаталогаПочты,
  ИсключениеПочтовогоЯщика,
  ПараметрыПодключенияImap,
  ПараметрыПодключенияPop3,
  Письмо,
  СоединениеImap,
  СоединениеPop3,
} from '../../src/ru.ts'
import {
  type Laboratory,
  type LabMailbox,
  type LabPort,
  mailboxAt,
  onePerServer,
  passwordPorts,
} from '../laboratory.ts'
import { parametersAt } from '../model-parameters.ts'

const TIMEOUT_MS = 60_000

/** How often a maildrop is tried that others hold. */
const MOST_TRIES = 500

export function describePop3Connection(laboratory: Laboratory): void {
  const imapPorts = onePerServer(passwordPorts(laboratory, 'imap'))

  describe('СоединениеPop3', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwordPorts(laboratory, 'pop3')) {
      const mailbox = laboratory.users.flatMap((user) => mailboxAt(port, user) ?? []).at(-1)
      const imapPort = imapPorts.find(({ server }) => server === port.server)
      if (mailbox === undefined || imapPort === undefined) continue

      const положить = (письма: readonly Письмо[]): Promise<void> =>
        положитьВоВходящие(laboratory, imapPort, { mailbox, письма })
      const подключиться = (): Promise<СоединениеPop3> => {
        const параметры = new ПараметрыПодключенияPop3(parametersAt(laboratory, port, mailbox))
        return когдаСвободно(() =>
          СоединениеPop3.Подключить(параметры, true, {
            СигналОтмены: AbortSignal.timeout(TIMEOUT_MS),
          }),
        )
      }

      it(`reads headers and letters, and deletes what was marked, at ${port.id}`, async () => {
        const метка = crypto.randomUUID()
        const темы = [1, 2, 3].map((номер) => `Остатки № ${номер} ${метка}`)
        await положить(темы.map(новоеПисьмо))

        await using соединение = await подключиться()
        const заголовки = await соединение.ПолучитьЗаголовкиПисем()
        const наши = заголовки.filter(({ Заголовки: { Тема = '' } }) => Тема.endsWith(метка))
        const индексы = наши.map(({ Индекс }) => Индекс)
        const письма = await соединение.ПолучитьПисьма(индексы)

        assert.equal(await соединение.КоличествоПисем(), заголовки.length)
        assert.deepEqual(
          письма.map(({ Письмо: { Тема, Вложения } }) => [Тема, Вложения[0]?.Данные.length]),
          темы.map((тема) => [тема, 70_000]),
        )
        const последнее = await соединение.ПолучитьПисьмо(индексы.at(-1) ?? 0)
        assert.equal(последнее.Письмо.ПолучитьТекстКакСтроку().trimEnd(), '.текст')
        await соединение.ПометитьНаУдаление(индексы)
        await соединение.ПометитьНаУдаление(индексы.slice(0, 1), false)
        await соединение.Закрыть()
        assert.equal(соединение.Подключено(), false)

        await using другое = await подключиться()
        const осталось = (await другое.ПолучитьЗаголовкиПисем()).filter(
          ({ Заголовки: { Тема = '' } }) => Тема.endsWith(метка),
        )
        assert.deepEqual(
          осталось.map(({ Заголовки }) => Заголовки.Тема),
          темы.slice(0, 1),
        )
        await другое.ПометитьНаУдаление(осталось.map(({ Индекс }) => Индекс))
      })
    }
  })
}

function новоеПисьмо(тема: string): Письмо {
  const письмо = new Письмо('a@lab.test', 'b@lab.test', тема)
  письмо.УстановитьТекстКакСтроку('.текст')
  письмо.ПриложитьДанные(new Uint8Array(70_000).fill(7), 'остатки.bin')
  return письмо
}

async function положитьВоВходящие(
  laboratory: Laboratory,
  port: LabPort,
  { mailbox, письма }: { readonly mailbox: LabMailbox; readonly письма: readonly Письмо[] },
): Promise<void> {
  const параметры = new ПараметрыПодключенияImap(parametersAt(laboratory, port, mailbox))
  await using соединение = new СоединениеImap(параметры)
  const входящие = await соединение.ПолучитьКаталог(ВидКаталогаПочты.Входящие)
  await входящие?.ДобавитьПисьма(письма)
}

/** Others read the same mailbox, and a server may take a moment to notice that they have gone. */
async function когдаСвободно<Result>(действие: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await действие()
    } catch (error) {
      const isHeld = error instanceof ИсключениеПочтовогоЯщика && error.Временное
      if (!isHeld || attempt === MOST_TRIES) throw error
    }
  }
}
