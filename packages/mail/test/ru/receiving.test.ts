import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  АутентификацияПочтыПоПаролю,
  ВидКаталогаПочты,
  ИсключениеКаталогПочтыНеНайден,
  ИсключениеНедопустимоеСостояние,
  ИсключениеНедопустимыйАргумент,
  ПараметрыПодключенияImap,
  ПараметрыПодключенияPop3,
  Письмо,
  РежимОткрытияКаталогаImap,
  СоединениеImap,
  СоединениеPop3,
  ФлагПисьма,
} from '../../src/ru.ts'
import { startMailHost } from '../../src/testing.ts'
import { MemoryImap } from '../model/memory-imap.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const АУТЕНТИФИКАЦИЯ = new АутентификацияПочтыПоПаролю('user', 'password')

describe('a listing in Russian that receives', () => {
  it('reads the last letter by POP3 and deletes it', async () => {
    await using host = await startMailHost({
      accounts: [{ address: 'user', password: 'password' }],
    })
    for (const тема of ['Первое', 'Последнее']) {
      const письмо = new Письмо('sender@1c.ru', 'user@1c.ru', тема)
      host.mailbox('user').put(await письмо.ВБайты())
    }
    const параметры = new ПараметрыПодключенияPop3(host.pop3.host, host.pop3.port, АУТЕНТИФИКАЦИЯ)
    параметры.РазрешитьStartTls = false

    await using соединение = new СоединениеPop3(параметры)
    const количество = await соединение.КоличествоПисем()
    const [последнее] = await соединение.ПолучитьПисьма(количество - 1, количество - 1)
    await соединение.ПометитьНаУдаление([количество - 1])
    await соединение.Закрыть()

    assert.equal(последнее?.Письмо.Тема, 'Последнее')
    assert.equal(последнее.Индекс, 1)
    assert.equal(host.mailbox('user').letters().length, 1)
    await assert.rejects(соединение.КоличествоПисем(), ИсключениеНедопустимоеСостояние)
  })

  it('keeps a draft by IMAP, finds it, marks it and moves it', async () => {
    const host = new MemoryImap()
    host.mailbox('Drafts')
    host.mailbox('Archive')
    await using listener = await host.listen()
    const параметры = new ПараметрыПодключенияImap({
      Сервер: listener.at().host,
      Порт: listener.port,
      Аутентификация: АУТЕНТИФИКАЦИЯ,
      РазрешитьStartTls: false,
    })
    const журнал: string[] = []

    await using соединение = await СоединениеImap.Подключить(параметры, true, {
      Журнал: (строка) => журнал.push(строка),
    })
    const черновики = await соединение.ПолучитьКаталог(ВидКаталогаПочты.Черновики)
    const архив = await соединение.ПолучитьКаталог(ВидКаталогаПочты.Архив)
    assert.ok(черновики && архив)
    await черновики.ДобавитьПисьма(
      [new Письмо('sender@1c.ru', 'recipient@1c.ru', 'Черновик')],
      [ФлагПисьма.Черновик],
    )
    await черновики.Открыть(РежимОткрытияКаталогаImap.ЧтениеИЗапись)
    const [заголовки] = await черновики.ПолучитьЗаголовкиНепрочитанныхПисем()
    const uid = заголовки?.Uid ?? 0
    await черновики.УстановитьФлагиПоUid([uid], [ФлагПисьма.Прочитанное])
    await черновики.ПереместитьПисьма([uid], архив)
    await архив.Открыть()
    const [письмо] = await архив.ПолучитьПисьма()

    assert.equal(заголовки?.Заголовки.Тема, 'Черновик')
    assert.deepEqual(письмо?.Флаги, [ФлагПисьма.Черновик, ФлагПисьма.Прочитанное])
    assert.equal(письмо.НаУдаление, false)
    assert.equal(await черновики.КоличествоПисем(), 0)
    assert.ok(журнал.some((строка) => строка.includes('UID MOVE')))
    await архив.НайтиПисьма({ Тема: 'Stock', Кроме: { Прочитанное: false } })
    assert.match(host.commands.at(-1) ?? '', /^UID SEARCH .*SUBJECT .*NOT \(UNSEEN\)$/)
    const опечатка = { Тема: 'Stock', Прочтенное: true }
    await assert.rejects(архив.НайтиПисьма(опечатка), ИсключениеНедопустимыйАргумент)
    const несуществующий = await соединение.ПолучитьКаталог('Нет такого')
    await assert.rejects(
      async () => несуществующий?.Открыть(),
      (ошибка) => ошибка instanceof ИсключениеКаталогПочтыНеНайден && ошибка.Путь === 'Нет такого',
    )
  })
})
