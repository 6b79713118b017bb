import type { HeaderValue } from '../model/header-operations.ts'
import type { EmailAddress } from '../model/email-address.ts'
import type { PreparedEmail } from '../model/email.ts'
import type { ComposedEmail } from '../model/compose-email.ts'
import type { BinaryDataInput } from '../model/internet-mail/binary-data.ts'
import type {
  InternetMailMessageImportance,
  InternetMailMessageNonAsciiSymbolsEncodingMode,
  InternetMailTextProcessing,
} from '../model/internet-mail/enumerations.ts'
import type { InternetMailAddress } from '../model/internet-mail/internet-mail-address.ts'
import { InternetMailMessage } from '../model/internet-mail/internet-mail-message.ts'
import { nameClass } from '../model/vocabulary.ts'
import type {
  ВажностьИнтернетПочтовогоСообщения,
  СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения,
  СтатусРазбораПочтовогоСообщения,
} from './internet-mail-enumerations.ts'
import type {
  ДвоичныеДанные,
  ИнтернетПочтовыеАдреса,
  ИнтернетПочтовыеВложения,
  ИнтернетПочтовыйАдрес,
  ИнтернетТекстыПочтовогоСообщения,
} from './internet-mail-parts.ts'

/** Письмо: чтобы написать и послать, или такое, какое прочитано. */
export interface ИнтернетПочтовоеСообщение extends InternetMailMessage {
  Тема: string
  readonly Получатели: ИнтернетПочтовыеАдреса
  readonly Копии: ИнтернетПочтовыеАдреса
  /** Получат письмо, но не названы в нём. */
  readonly СлепыеКопии: ИнтернетПочтовыеАдреса
  readonly ОбратныйАдрес: ИнтернетПочтовыеАдреса
  get Отправитель(): ИнтернетПочтовыйАдрес | undefined
  set Отправитель(Отправитель: InternetMailAddress | EmailAddress | string | undefined)
  ИмяОтправителя: string
  readonly Тексты: ИнтернетТекстыПочтовогоСообщения
  readonly Вложения: ИнтернетПочтовыеВложения
  /** Момент времени: пояс отправителя говорит СмещениеДатыОтправления. */
  ДатаОтправления: Date | undefined
  /** В секундах от UTC. */
  readonly СмещениеДатыОтправления: number
  /** Когда письмо получил сервер. */
  readonly ДатаПолучения: Date | undefined
  /** Как письмо называет сервер; пусто, если оно написано здесь. */
  readonly Идентификатор: readonly string[]
  /** Message-ID. */
  ИдентификаторСообщения: string
  /** Все заголовки прочитанного письма, как они есть. */
  readonly Заголовок: string
  get Важность(): ВажностьИнтернетПочтовогоСообщения
  set Важность(Важность: InternetMailMessageImportance)
  УведомитьОДоставке: boolean
  УведомитьОПрочтении: boolean
  /** Если их нет, уведомление получит отправитель. */
  readonly АдресаУведомленияОДоставке: ИнтернетПочтовыеАдреса
  readonly АдресаУведомленияОПрочтении: ИнтернетПочтовыеАдреса
  /** Письма пишутся в UTF-8, что бы здесь ни стояло. */
  Кодировка: string
  get СпособКодированияНеASCIIСимволов(): СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
  set СпособКодированияНеASCIIСимволов(Способ: InternetMailMessageNonAsciiSymbolsEncodingMode)
  /** Через запятую. */
  Категории: string
  Организация: string
  /** В байтах, как говорит сервер. */
  readonly Размер: number
  readonly СтатусРазбора: СтатусРазбораПочтовогоСообщения
  readonly Частичное: boolean
  /** Из какого ящика IMAP письмо прочитано. Расширение. */
  readonly ПочтовыйЯщик: string | undefined

  /** Прочитанное письмо — как оно пришло; написанное или изменённое здесь — как оно уйдёт. */
  ПолучитьИсходныеДанные(): ДвоичныеДанные
  ПолучитьИсходныйТекст(Кодировка?: string): Promise<string>
  УстановитьИсходныеДанные(Данные: BinaryDataInput): void
  ПолучитьПолеЗаголовка(ИмяПоля: string): string | undefined
  /** Добавляет заголовок; тот, у которого есть свойство, и есть это свойство. */
  УстановитьПолеЗаголовка(ИмяПоля: string, Значение: HeaderValue): void
  /** Если есть HTML и нет простого текста, добавляет его. */
  ОбработатьТексты(): void
  /** Конверт и содержимое для `@obmen/mail/smtp`. Расширение. */
  Подготовить(Обработка?: InternetMailTextProcessing): PreparedEmail
  /** Содержимое. Расширение. */
  Составить(Обработка?: InternetMailTextProcessing): ComposedEmail
}

interface КлассИнтернетПочтовоеСообщение {
  readonly prototype: ИнтернетПочтовоеСообщение
  new (): ИнтернетПочтовоеСообщение
}

export const ИнтернетПочтовоеСообщение: КлассИнтернетПочтовоеСообщение = nameClass<
  КлассИнтернетПочтовоеСообщение,
  typeof InternetMailMessage
>(InternetMailMessage, {
  statics: {},
  members: {
    Тема: 'subject',
    Получатели: 'to',
    Копии: 'cc',
    СлепыеКопии: 'bcc',
    ОбратныйАдрес: 'replyTo',
    Отправитель: 'from',
    ИмяОтправителя: 'senderName',
    Тексты: 'texts',
    Вложения: 'attachments',
    ДатаОтправления: 'postingDate',
    СмещениеДатыОтправления: 'postingDateOffset',
    ДатаПолучения: 'dateReceived',
    Идентификатор: 'uid',
    ИдентификаторСообщения: 'messageId',
    Заголовок: 'header',
    Важность: 'importance',
    УведомитьОДоставке: 'requestDeliveryReceipt',
    УведомитьОПрочтении: 'requestReadReceipt',
    АдресаУведомленияОДоставке: 'deliveryReceiptAddresses',
    АдресаУведомленияОПрочтении: 'readReceiptAddresses',
    Кодировка: 'encoding',
    СпособКодированияНеASCIIСимволов: 'nonAsciiSymbolsEncodingMode',
    Категории: 'categories',
    Организация: 'organization',
    Размер: 'size',
    СтатусРазбора: 'parseStatus',
    Частичное: 'partial',
    ПочтовыйЯщик: 'mailbox',
    ПолучитьИсходныеДанные: 'getSourceData',
    ПолучитьИсходныйТекст: 'getSourceText',
    УстановитьИсходныеДанные: 'setSourceData',
    ПолучитьПолеЗаголовка: 'getField',
    УстановитьПолеЗаголовка: 'setField',
    ОбработатьТексты: 'processTexts',
    Подготовить: 'prepare',
    Составить: 'compose',
  },
})
