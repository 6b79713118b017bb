/**
 * The object model of `@obmen/mail` by its Russian names, exactly those of 1C:Enterprise.Element, and that of `@obmen/mail/internet-mail` by those of the 1C:Enterprise platform. They are the same objects:
 * `Письмо === Email`, and what was set as `письмо.Тема` reads as `email.subject`. A listing from that documentation carries over line by line, with `new` for `новый` and `await` before whatever needs the server.
 *
 * @module
 *
 * @example
 * ```ts
 * import {
 *   АутентификацияПочтыПоПаролю,
 *   КлиентSmtp,
 *   ПараметрыПодключенияSmtp,
 *   Письмо,
 * } from '@obmen/mail/ru'
 *
 * const параметры = new ПараметрыПодключенияSmtp(
 *   'smtp.example.org',
 *   465,
 *   new АутентификацияПочтыПоПаролю('user', 'password'),
 * )
 * const письмо = new Письмо('sender@1c.ru', 'recipient@1c.ru', 'Тема')
 * письмо.УстановитьТекстКакСтроку('Текст письма')
 * await КлиентSmtp.Отправить(параметры, письмо)
 * ```
 */

export { АдресПочты } from './ru/addresses.ts'
export {
  АнонимнаяАутентификацияПочты,
  АутентификацияПочты,
  АутентификацияПочтыOAuth2,
  АутентификацияПочтыПоПаролю,
  АутентификацияПочтыПоСертификату,
  ПараметрыЗащищенногоСоединения,
  ПараметрыПодключенияImap,
  ПараметрыПодключенияPop3,
  ПараметрыПодключенияSmtp,
  ПараметрыПодключенияПочты,
  Секрет,
} from './ru/connection.ts'
export { ВажностьПисьма, ВидТекстаПисьма } from './ru/enumerations.ts'
export {
  Исключение,
  ИсключениеАдресаПочты,
  ИсключениеНедопустимоеСостояние,
  ИсключениеНедопустимыйАргумент,
  ИсключениеОтправкиПочты,
  ИсключениеПочты,
} from './ru/exceptions.ts'
export { ВложениеПисьма, ЗаголовкиПисьма, Письмо, ЧастьТекстаПисьма } from './ru/letters.ts'
export { КаталогПочтыImap, СоединениеImap, ЧислоПисемКаталогаImap } from './ru/imap.ts'
export {
  ВажностьИнтернетПочтовогоСообщения,
  ОбработкаТекстаИнтернетПочтовогоСообщения,
  ПротоколИнтернетПочты,
  СпособPOP3Аутентификации,
  СпособSMTPАутентификации,
  СпособКодированияИнтернетПочтовогоВложения,
  СпособКодированияИнтернетПочтовогоСообщения,
  СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения,
  СтатусРазбораПочтовогоСообщения,
  ТипТекстаПочтовогоСообщения,
} from './ru/internet-mail-enumerations.ts'
export { ИнтернетПочтовоеСообщение } from './ru/internet-mail-message.ts'
export {
  ДвоичныеДанные,
  ИнтернетПочтовоеВложение,
  ИнтернетПочтовыеАдреса,
  ИнтернетПочтовыеВложения,
  ИнтернетПочтовыйАдрес,
  ИнтернетТекстПочтовогоСообщения,
  ИнтернетТекстыПочтовогоСообщения,
} from './ru/internet-mail-parts.ts'
export { ИнтернетПочтовыйПрофиль } from './ru/internet-mail-profile.ts'
export { ИнтернетПочта } from './ru/internet-mail.ts'
export {
  ВидКаталогаПочты,
  РежимОткрытияКаталогаImap,
  ФлагПисьма,
} from './ru/mailbox-enumerations.ts'
export {
  ИсключениеКаталогПочтыНеНайден,
  ИсключениеПочтовогоЯщика,
  ИсключениеУдаленияПисем,
} from './ru/mailbox-exceptions.ts'
export {
  ЗаголовкиПисьмаВСоединении,
  ЗаголовкиПисьмаВСоединенииImap,
  ПисьмоВСоединении,
  ПисьмоВСоединенииImap,
} from './ru/mailbox-letters.ts'
export { СоединениеPop3 } from './ru/pop3.ts'
export { КлиентSmtp, РезультатОтправкиПисем } from './ru/sending.ts'

export type { АдресаПочты } from './ru/addresses.ts'
export type { АргументыПодключения, Длительность } from './ru/connection.ts'
export type { АргументыВложения, ПараметрыВложения, Приглашение } from './ru/letters.ts'
export type { УсловияПоиска } from './ru/imap.ts'
export type { ОтборПисем, ФлагиСообщения } from './ru/internet-mail.ts'
export type { АргументыСоединения, ПараметрыСоединения } from './ru/mailbox-letters.ts'
export type { ПараметрыОтправки } from './ru/sending.ts'
