import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Email, EmailTextKind } from '../../src/index.ts'
import {
  АдресПочты,
  АутентификацияПочтыПоПаролю,
  ВажностьПисьма,
  ВидТекстаПисьма,
  ИсключениеАдресаПочты,
  ИсключениеНедопустимыйАргумент,
  ИсключениеОтправкиПочты,
  КлиентSmtp,
  ПараметрыЗащищенногоСоединения,
  ПараметрыПодключенияSmtp,
  Письмо,
  Секрет,
  ЧастьТекстаПисьма,
} from '../../src/ru.ts'
import { startMailHost, type MailHost } from '../../src/testing.ts'
import { textOf } from '../../src/base/octets.ts'
import { ca, tls } from '../testing/running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

function startHost(): Promise<MailHost> {
  return startMailHost({
    accounts: [
      { address: 'user', password: 'password' },
      { address: 'recipient@1c.ru', password: 'x' },
    ],
    tls,
    requiresLogin: true,
  })
}

describe('a listing in Russian', () => {
  it('carries over line by line with await added', async () => {
    await using host = await startHost()
    const порт = host.smtps?.port

    const параметры = new ПараметрыПодключенияSmtp(
      '127.0.0.1',
      порт,
      new АутентификацияПочтыПоПаролю('user', 'password'),
    )
    параметры.ИспользоватьSsl = true
    параметры.ПараметрыЗащиты = new ПараметрыЗащищенногоСоединения(ca)
    const письмо = new Письмо('sender@1c.ru', 'recipient@1c.ru', 'Тема')
    письмо.УстановитьТекстКакСтроку('Текст письма')
    await КлиентSmtp.Отправить(параметры, письмо)

    const [letter] = host.mailbox('recipient@1c.ru').letters()
    const принятое = Письмо.ИзБайт(letter?.octets ?? new Uint8Array())
    assert.equal(принятое.Тема, 'Тема')
    assert.equal(принятое.Отправитель?.Адрес, 'sender@1c.ru')
    assert.equal(принятое.ПолучитьТекстКакСтроку().trimEnd(), 'Текст письма')
  })

  it('names the key, the name and the proxy that the way to the server leads over', async () => {
    await using host = await startHost()
    const параметры = new ПараметрыПодключенияSmtp({
      Сервер: '127.0.0.1',
      Порт: host.smtp.port,
      ПараметрыЗащиты: new ПараметрыЗащищенногоСоединения(ca),
      ОтпечаткиКлючей: [`sha256/${'A'.repeat(43)}=`],
    })
    параметры.Прокси = undefined
    assert.equal(параметры.ИмяВСертификате, undefined)

    await assert.rejects(
      КлиентSmtp.Отправить(параметры, new Письмо('sender@1c.ru', 'recipient@1c.ru')),
      { message: /none of the pinned ones/ },
    )
  })

  it('sends several letters and says of each what became of it', async () => {
    await using host = await startHost()
    const параметры = new ПараметрыПодключенияSmtp({
      Сервер: '127.0.0.1',
      Порт: host.smtp.port,
      Аутентификация: new АутентификацияПочтыПоПаролю({
        Пользователь: 'user',
        Пароль: new Секрет('password'),
      }),
      ТаймаутСоединения: { Секунды: 5 },
      ПараметрыЗащиты: new ПараметрыЗащищенногоСоединения({ ХранилищеСертификатов: ca }),
    })
    const письма = ['recipient@1c.ru', 'nobody@1c.ru', 'recipient@1c.ru'].map(
      (получатель) => new Письмо({ Отправитель: 'sender@1c.ru', Получатели: получатель }),
    )
    const журнал: string[] = []

    const результаты = await КлиентSmtp.Отправить(параметры, письма, {
      Журнал: (строка) => журнал.push(строка),
    })

    assert.deepEqual(
      результаты.map((результат) => результат.Успешно()),
      [true, false, true],
    )
    const [, отказ] = результаты
    assert.ok(отказ?.Исключение instanceof ИсключениеОтправкиПочты)
    assert.equal(отказ.Исключение.КодSmtp, 550)
    assert.deepEqual(отказ.Исключение.ОтклоненныеПолучатели, ['nobody@1c.ru'])
    assert.equal(отказ.Сообщение, письма[1])
    assert.ok(журнал.includes('C: STARTTLS'))
  })

  it('shares its state with one in English', () => {
    const письмо = new Письмо('a@example.org').ДобавитьПолучателей('b@example.org')
    const email: Email = письмо
    письмо.Тема = 'по-русски'
    email.importance = ВажностьПисьма.Высокая
    email.setTextAsString('<b>x</b>', EmailTextKind.Html)

    assert.equal(email.subject, 'по-русски')
    assert.equal(письмо.Важность, ВажностьПисьма.Высокая)
    assert.equal(письмо.ПолучитьТекст()[0]?.ВидТекста, ВидТекстаПисьма.Html.ТипСодержимого)
    assert.ok(письмо instanceof Email)
  })

  it('gives an English object its Russian members where instanceof is asked', () => {
    const email: Email = new Email('a@example.org')

    if (email instanceof Письмо) email.Тема = 'x'

    assert.equal(email.subject, 'x')
    // @ts-expect-error the English type does not offer Russian names, though they are there
    assert.equal(email.Тема, 'x')
  })

  it('attaches with all arguments in a row, or by name', async () => {
    const письмо = new Письмо('a@example.org', new АдресПочты('b@example.org', 'Б'))
    const подряд = письмо.ПриложитьДанные(new Uint8Array([1]), 'а.png', '', 'logo', true)
    const поИмени = письмо.ПриложитьДанные('x', { Название: 'б.csv', Ид: 'second' })

    assert.deepEqual(
      [подряд.Ид, подряд.ТипСодержимого, подряд.ВстроенноеВТекст],
      ['logo', 'image/png', true],
    )
    assert.deepEqual(
      [поИмени.Ид, поИмени.ВСтроку(), поИмени.ТипСодержимого],
      ['second', 'б.csv', 'text/csv'],
    )
    письмо.УдалитьВложение('logo')
    assert.deepEqual(письмо.Вложения, [поИмени])
    assert.match(textOf(await письмо.ВБайты()), /Content-ID: <second>/)
  })

  it('refuses arguments by names that do not exist, and by two names at once', () => {
    const опечатка = { Тма: 'x' }
    const дважды = { Текст: 'x', text: 'y' }

    assert.throws(
      () => new Письмо({ Отправитель: 'a@b', ...опечатка }),
      ИсключениеНедопустимыйАргумент,
    )
    assert.throws(() => new ЧастьТекстаПисьма(дважды), ИсключениеНедопустимыйАргумент)
  })

  it('names a wrong address in its exception', () => {
    assert.throws(
      () => new АдресПочты('не адрес'),
      (ошибка) =>
        ошибка instanceof ИсключениеАдресаПочты &&
        ошибка.Описание.includes('не адрес') &&
        ошибка.Информация().includes('EmailAddressException'),
    )
  })
})
