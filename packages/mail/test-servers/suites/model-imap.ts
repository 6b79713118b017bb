/** The object model for receiving by IMAP, in Russian, with real servers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  ВидКаталогаПочты,
  ИсключениеКаталогПочтыНеНайден,
  ИсключениеНедопустимоеСостояние,
  ПараметрыПодключенияImap,
  Письмо,
  РежимОткрытияКаталогаImap,
  СоединениеImap,
  ФлагПисьма,
  type КаталогПочтыImap,
} from '../../src/ru.ts'
import { type Laboratory, type LabPort, mailboxAt, passwordPorts } from '../laboratory.ts'
import { parametersAt } from '../model-parameters.ts'

const TIMEOUT_MS = 60_000

const ТЕКСТ = 'Доброе утро!\n.\n..\n'

export function describeImapDirectories(laboratory: Laboratory): void {
  const подключиться = async (port: LabPort): Promise<СоединениеImap> => {
    const mailbox = laboratory.users.flatMap((user) => mailboxAt(port, user) ?? []).at(-1)
    assert.ok(mailbox)
    const параметры = new ПараметрыПодключенияImap(parametersAt(laboratory, port, mailbox))
    return СоединениеImap.Подключить(параметры, true, {
      СигналОтмены: AbortSignal.timeout(TIMEOUT_MS),
    })
  }

  describe('КаталогПочтыImap', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwordPorts(laboratory, 'imap')) {
      for (const [title, scenario] of СЦЕНАРИИ) {
        it(`${title}, at ${port.id}`, async () => {
          await using соединение = await подключиться(port)
          await scenario(соединение, port)
        })
      }
    }
  })
}

type Сценарий = (соединение: СоединениеImap, port: LabPort) => Promise<void>

const СЦЕНАРИИ: readonly (readonly [title: string, scenario: Сценарий])[] = [
  ['holds, finds and gives back letters', хранить],
  ['marks letters, and purges those that are to be deleted', помечать],
  ['copies and moves letters between directories that are open together', переносить],
  ['are created, listed, renamed and deleted', менятьКаталоги],
  ['are found by what they are for', находитьПоНазначению],
]

async function хранить(соединение: СоединениеImap, port: LabPort): Promise<void> {
  await using временный = await создатьКаталог(соединение, port)
  const { каталог } = временный
  await каталог.ДобавитьПисьма([1, 2, 3, 4].map(новоеПисьмо))
  await каталог.Открыть(РежимОткрытияКаталогаImap.ЧтениеИЗапись)

  const количество = await каталог.КоличествоПисем()
  const [последнее] = await каталог.ПолучитьПисьма(количество - 1, количество - 1)
  const заголовки = await каталог.ПолучитьЗаголовкиПисем()
  const uids = заголовки.map(({ Uid }) => Uid)

  assert.equal(количество, 4)
  assert.deepEqual(
    заголовки.map(({ Индекс, Заголовки }) => [Индекс, Заголовки.Тема]),
    [1, 2, 3, 4].map((номер) => [номер - 1, `Остатки № ${номер}`]),
  )
  assert.ok(последнее)
  assert.equal(последнее.Письмо.ПолучитьТекстКакСтроку().replaceAll('\r\n', '\n'), ТЕКСТ)
  assert.equal(последнее.Письмо.Вложения[0]?.Данные.length, 700_000)
  assert.equal(последнее.Письмо.ПолучателиСкрытойКопии[0]?.Адрес, 'secret@lab.test')
  assert.deepEqual(
    await каталог.НайтиПисьма({ Тема: 'Остатки № 2', Кроме: { Прочитанное: true } }),
    [uids[1]],
  )
  const найденные = await каталог.НайтиПисьмаПоUid([uids[2] ?? 0, 2_000_000_000])
  assert.deepEqual(
    найденные.map((письмо) => письмо?.Письмо.Тема),
    ['Остатки № 3', undefined],
  )
  assert.ok((await каталог.ПолучитьUidValidity()) > 0)
}

async function помечать(соединение: СоединениеImap, port: LabPort): Promise<void> {
  await using временный = await создатьКаталог(соединение, port)
  const { каталог } = временный
  await каталог.ДобавитьПисьма([1, 2, 3, 4].map(новоеПисьмо), [ФлагПисьма.Помеченное])
  await каталог.Открыть(РежимОткрытияКаталогаImap.ЧтениеИЗапись)
  assert.equal(await каталог.КоличествоНепрочитанныхПисем(), 4)

  await каталог.УстановитьФлагиПоИндексам([0, 1], [ФлагПисьма.Прочитанное])
  await каталог.УстановитьФлагиПоИндексам([1], [ФлагПисьма.Помеченное], false)
  const [первое, второе] = await каталог.ПолучитьЗаголовкиПисем([0, 1])
  assert.ok(первое !== undefined && второе !== undefined)
  assert.deepEqual(безНового(первое.Флаги), ['Flagged', 'Seen'])
  assert.deepEqual(безНового(второе.Флаги), ['Seen'])
  assert.deepEqual(
    (await каталог.ПолучитьЗаголовкиНепрочитанныхПисем()).map(({ Индекс }) => Индекс),
    [2, 3],
  )

  await каталог.ОтметитьНаУдалениеПоUid([первое.Uid])
  assert.equal((await каталог.ПолучитьПисьмо(0)).НаУдаление, true)
  await каталог.ОчиститьУдаленные()
  assert.equal((await каталог.ПолучитьЗаголовкиПисем([0]))[0]?.Uid, второе.Uid)

  await каталог.ДобавитьПисьма([новоеПисьмо(5)])
  assert.equal(await каталог.КоличествоНовыхПисем(), 1)
  await каталог.ОтметитьНаУдалениеПоИндексам([0])
  await каталог.Закрыть()
  await каталог.Открыть()
  assert.deepEqual(
    (await каталог.ПолучитьЗаголовкиПисем()).map(({ Заголовки }) => Заголовки.Тема),
    [3, 4, 5].map((номер) => `Остатки № ${номер}`),
  )
  await assert.rejects(каталог.ОчиститьУдаленные(), ИсключениеНедопустимоеСостояние)
}

async function переносить(соединение: СоединениеImap, port: LabPort): Promise<void> {
  await using откуда = await создатьКаталог(соединение, port)
  await using куда = await создатьКаталог(соединение, port)
  await откуда.каталог.ДобавитьПисьма([1, 2, 3].map(новоеПисьмо))
  await откуда.каталог.Открыть(РежимОткрытияКаталогаImap.ЧтениеИЗапись)
  await куда.каталог.Открыть()
  const uids = (await откуда.каталог.ПолучитьЗаголовкиПисем()).map(({ Uid }) => Uid)

  await откуда.каталог.СкопироватьПисьма(uids.slice(0, 2), куда.каталог)
  await откуда.каталог.ПереместитьПисьма(uids.slice(2), куда.каталог)

  assert.deepEqual(
    await Promise.all([откуда.каталог.КоличествоПисем(), куда.каталог.КоличествоПисем()]),
    [2, 3],
  )
  assert.equal(откуда.каталог.Открыт() && куда.каталог.Открыт(), true)
  assert.equal(await куда.каталог.КоличествоНовыхПисем(), 3)
}

async function менятьКаталоги(соединение: СоединениеImap, port: LabPort): Promise<void> {
  await using временный = await создатьКаталог(соединение, port)
  const { каталог } = временный

  await assert.rejects(каталог.СоздатьДляПисем(), ИсключениеНедопустимоеСостояние)
  assert.equal(await каталог.МожетСодержатьПисьма(), true)
  assert.equal(await каталог.МожетСодержатьКаталоги(), true)
  const внутри = await каталог.ПолучитьДочернийКаталог('Вложенный & другой')
  assert.ok(внутри)
  assert.equal(await внутри.Существует(), false)
  await assert.rejects(внутри.Открыть(), ИсключениеКаталогПочтыНеНайден)
  await assert.rejects(внутри.ДобавитьПисьма([новоеПисьмо(1)]), ИсключениеКаталогПочтыНеНайден)
  assert.equal(await внутри.СоздатьДляПисем(), true)
  assert.equal(внутри.РодительскийКаталог?.Путь, каталог.Путь)
  assert.equal(внутри.Имя, 'Вложенный & другой')
  assert.deepEqual((await каталог.Подкаталоги()).map(String), [внутри.Путь])
  await внутри.ПереименоватьВ('Переименованный')
  assert.equal(внутри.ВСтроку(), `${каталог.Путь}${каталог.Разделитель}Переименованный`)
  assert.equal(await внутри.Существует(), true)
  await внутри.Удалить()
  assert.equal(await внутри.Существует(), false)
  await assert.rejects(внутри.Удалить(), ИсключениеКаталогПочтыНеНайден)
}

async function находитьПоНазначению(соединение: СоединениеImap): Promise<void> {
  const входящие = await соединение.ПолучитьКаталог(ВидКаталогаПочты.Входящие)
  const черновики = await соединение.ПолучитьКаталог(ВидКаталогаПочты.Черновики)
  const корень = await соединение.ПолучитьКаталогПоУмолчанию()
  assert.ok(входящие && черновики && корень)

  assert.equal(входящие.Путь, 'INBOX')
  assert.equal(await входящие.Существует(), true)
  assert.match(черновики.Путь, /Drafts$/)
  const isMade = !(await черновики.Существует()) && (await черновики.СоздатьДляПисем())
  await черновики.ДобавитьПисьма([новоеПисьмо(1)], [ФлагПисьма.Черновик])
  await черновики.Открыть(РежимОткрытияКаталогаImap.ЧтениеИЗапись)
  const последний = (await черновики.КоличествоПисем()) - 1
  const черновик = await черновики.ПолучитьПисьмо(последний)
  assert.ok(черновик.Флаги.includes(ФлагПисьма.Черновик))
  await черновики.ОтметитьНаУдалениеПоUid([черновик.Uid])
  await черновики.Закрыть()
  if (isMade) await черновики.Удалить()

  assert.deepEqual([корень.Путь, корень.РодительскийКаталог], ['', undefined])
  const все = await корень.Подкаталоги(true)
  assert.ok(все.some(({ Путь }) => Путь === 'INBOX'))
}

function новоеПисьмо(номер: number): Письмо {
  const письмо = new Письмо('a@lab.test', 'b@lab.test', `Остатки № ${номер}`)
  письмо.УстановитьТекстКакСтроку(ТЕКСТ)
  if (номер === 4) {
    письмо.ДобавитьПолучателейСкрытойКопии('secret@lab.test')
    письмо.ПриложитьДанные(new Uint8Array(700_000).fill(7), 'остатки.bin')
  }
  return письмо
}

function безНового(флаги: readonly ФлагПисьма[]): readonly string[] {
  return флаги
    .filter((флаг) => флаг !== ФлагПисьма.Новое)
    .map(String)
    .toSorted()
}

/** A directory that goes with the test. */
interface ВременныйКаталог extends AsyncDisposable {
  readonly каталог: КаталогПочтыImap
}

async function создатьКаталог(
  соединение: СоединениеImap,
  port: LabPort,
): Promise<ВременныйКаталог> {
  // With others everything lies in the inbox.
  const родитель =
    port.server === 'dovecot'
      ? await соединение.ПолучитьКаталогПоУмолчанию()
      : await соединение.ПолучитьКаталог(ВидКаталогаПочты.Входящие)
  const каталог = await родитель?.ПолучитьДочернийКаталог(`Проба & ${crypto.randomUUID()}`)
  assert.ok(каталог)
  await каталог.СоздатьДляПисем()
  return {
    каталог,
    async [Symbol.asyncDispose]() {
      await каталог.Закрыть()
      await каталог.Удалить()
    },
  }
}
