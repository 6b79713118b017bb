import './argument-names.ts'
import type { AttachmentData } from '../model/attachment-content.ts'
import { EmailAttachment, type AttachmentArguments } from '../model/email-attachment.ts'
import { EmailHeaders } from '../model/email-headers.ts'
import type { EmailImportance } from '../model/email-importance.ts'
import type { EmailTextKind } from '../model/email-text-kind.ts'
import { EmailTextPart } from '../model/email-text-part.ts'
import { Email, type PreparedEmail } from '../model/email.ts'
import type { HeaderValue } from '../model/header-operations.ts'
import { nameClass, type ClassWithoutConstructor } from '../model/vocabulary.ts'
import type { DraftCalendar, DraftList } from '../mime/message.ts'
import type { АдресаПочты, АдресПочты } from './addresses.ts'
import type { ВажностьПисьма } from './enumerations.ts'

/** Файл письма. Создаётся методами письма. */
export interface ВложениеПисьма extends EmailAttachment {
  /** Содержимое; у потока его сразу получить нельзя. */
  readonly Данные: Uint8Array
  /** Content-ID: то, что в HTML названо после `cid:`. */
  Ид: string
  КодировкаПередачи: string | undefined
  /** Имя файла. */
  readonly Название: string
  /** `inline` или `attachment`. */
  РасположениеСодержимого: string | undefined
  readonly ТипСодержимого: string
  ВСтроку(): string
  /** Содержимое, каким бы оно ни было. Расширение. */
  ПрочитатьДанные(): Promise<Uint8Array>
  /** Показывается внутри HTML. Расширение. */
  readonly ВстроенноеВТекст: boolean
  /** Это был поток, и он уже прочитан. Расширение. */
  readonly Исчерпано: boolean
}

/** Как приложить: по именам. */
export interface АргументыВложения extends AttachmentArguments {
  readonly Название?: string
  readonly ТипСодержимого?: string
  readonly Ид?: string
  readonly ВстроенноеВТекст?: boolean
}

/** Как приложить: подряд или по именам. */
export type ПараметрыВложения =
  | [аргументы?: АргументыВложения]
  | [Название: string, ТипСодержимого?: string, Ид?: string, ВстроенноеВТекст?: boolean]

/** Одна из частей текста письма. */
export interface ЧастьТекстаПисьма extends EmailTextPart {
  readonly Текст: string
  /** Content-Type; вид текста даёт `ВидТекстаПисьма.ПоТипуСодержимого`. */
  readonly ВидТекста: string | undefined
  /** Байты до перекодирования. */
  readonly Данные: Uint8Array
  readonly Кодировка: string | undefined
  readonly КодировкаПередачи: string | undefined
  readonly ЕстьОшибкиВРазборе: boolean
}

interface КлассЧастьТекстаПисьма {
  readonly prototype: ЧастьТекстаПисьма
  new (Текст: string, ВидТекста?: EmailTextKind | string, Кодировка?: string): ЧастьТекстаПисьма
  new (аргументы: {
    readonly Текст: string
    readonly ВидТекста?: EmailTextKind | string
    readonly Кодировка?: string
  }): ЧастьТекстаПисьма
}

/** Что сказано в заголовках письма. */
export interface ЗаголовкиПисьма extends EmailHeaders {
  readonly Важность: ВажностьПисьма
  readonly ДатаОтправления: Date | undefined
  readonly ИдСообщения: string | undefined
  readonly ОбратныеАдреса: readonly АдресПочты[]
  readonly Отправитель: АдресПочты | undefined
  readonly Получатели: readonly АдресПочты[]
  readonly ПолучателиКопии: readonly АдресПочты[]
  readonly ПолучателиСкрытойКопии: readonly АдресПочты[]
  readonly Тема: string | undefined
}

/** Письмо: чтобы написать и отправить, или такое, какое прочитано. */
export interface Письмо extends Email {
  get Важность(): ВажностьПисьма
  set Важность(Важность: EmailImportance)
  ИдСообщения: string | undefined
  Тема: string | undefined
  ТипСодержимого: string | undefined
  readonly Вложения: readonly ВложениеПисьма[]
  readonly ЕстьОшибкиВРазбореТелаПисьма: boolean
  readonly Частичное: boolean
  readonly ДатаОтправления: Date | undefined
  readonly ОбратныеАдреса: readonly АдресПочты[]
  readonly Отправитель: АдресПочты | undefined
  readonly Получатели: readonly АдресПочты[]
  readonly ПолучателиКопии: readonly АдресПочты[]
  /** Получат письмо, но не названы в нём. */
  readonly ПолучателиСкрытойКопии: readonly АдресПочты[]

  /** Письмо в формате eml, без получателей скрытой копии. */
  ВБайты(): Promise<Uint8Array>
  ВПоток(): ReturnType<Email['toStream']>
  ВСтроку(): string

  ДобавитьПолучателей(Получатели: АдресаПочты): this
  ДобавитьПолучателейКопии(Получатели: АдресаПочты): this
  ДобавитьПолучателейСкрытойКопии(Получатели: АдресаПочты): this
  ДобавитьОбратныеАдреса(ОбратныеАдреса: АдресаПочты): this
  УстановитьОтправителя(Отправитель: АдресПочты | string): this
  УстановитьПолучателей(Получатели: АдресаПочты): this
  УстановитьПолучателейКопии(Получатели: АдресаПочты): this
  УстановитьПолучателейСкрытойКопии(Получатели: АдресаПочты): this
  УстановитьОбратныеАдреса(ОбратныеАдреса: АдресаПочты): this

  ДобавитьЗаголовок(Имя: string, Значение: HeaderValue): this
  УстановитьЗаголовок(Имя: string, Значение: HeaderValue): this
  УдалитьЗаголовок(Имя: string): this
  ОчиститьЗаголовки(): this
  ПолучитьВсеЗаголовки(Имя: string): readonly string[]
  ПолучитьПервыйЗаголовок(Имя: string): string | undefined

  ПолучитьТекст(): readonly ЧастьТекстаПисьма[]
  /** Если есть HTML, то он. */
  ПолучитьТекстКакСтроку(): string
  /** По умолчанию простой текст. */
  УстановитьТекстКакСтроку(Текст: string, ВидТекста?: EmailTextKind): this
  /** Текст и HTML вместе: программа покажет то, что умеет. Расширение. */
  УстановитьТекст(Части: readonly EmailTextPart[]): this
  /** Расширение. */
  ДобавитьТекст(Текст: string, ВидТекста?: EmailTextKind): this

  /** Байты, строка или поток. Поток можно отправить один раз, функцию, которая его открывает, — сколько угодно. */
  ПриложитьДанные(Данные: AttachmentData, ...Параметры: ПараметрыВложения): ВложениеПисьма
  /** Файл читается при отправке. Название и тип содержимого по умолчанию определяет имя файла. */
  ПриложитьФайл(Файл: string | URL, ...Параметры: ПараметрыВложения): ВложениеПисьма
  /** Другое письмо, каким оно сейчас есть. Расширение. */
  ПриложитьПисьмо(Сообщение: Email, ...Параметры: ПараметрыВложения): ВложениеПисьма
  УдалитьВложение(Ид: string): void

  /** Заголовок Sender. Расширение. */
  get ФактическийОтправитель(): АдресПочты | undefined
  set ФактическийОтправитель(Отправитель: АдресПочты | string | undefined)
  /** In-Reply-To. Расширение. */
  ОтветНаСообщения: readonly string[]
  /** References. Расширение. */
  ЦепочкаСообщений: readonly string[]
  /** Кого уведомить о прочтении. Расширение. */
  get АдресаУведомленияОПрочтении(): readonly АдресПочты[]
  set АдресаУведомленияОПрочтении(Адреса: АдресаПочты)
  /** Кого уведомить о доставке. Расширение. */
  get АдресаУведомленияОДоставке(): readonly АдресПочты[]
  set АдресаУведомленияОДоставке(Адреса: АдресаПочты)
  /** Приглашение на встречу. Расширение. */
  get Календарь(): DraftCalendar | undefined
  set Календарь(Приглашение: DraftCalendar | Приглашение | undefined)
  /** Сведения о рассылке, с адресом для отказа от неё. Расширение. */
  Рассылка: DraftList | undefined
  /** Конверт и содержимое для `@obmen/mail/smtp`. Расширение. */
  Подготовить(): PreparedEmail
}

/** Приглашение на встречу по именам. */
export interface Приглашение {
  readonly Метод: DraftCalendar['method']
  /** Объект iCalendar. */
  readonly Содержимое: string
}

interface КлассПисьмо {
  readonly prototype: Письмо
  new (Отправитель: АдресПочты | string, Получатели?: АдресаПочты, Тема?: string): Письмо
  new (аргументы: {
    readonly Отправитель?: АдресПочты | string
    readonly Получатели?: АдресаПочты
    readonly Тема?: string | undefined
  }): Письмо
  /** Разбирает письмо в формате eml. */
  ИзБайт(БайтыПисьма: Uint8Array): Письмо
}

export const ВложениеПисьма: ClassWithoutConstructor<ВложениеПисьма> = nameClass<
  ClassWithoutConstructor<ВложениеПисьма>,
  typeof EmailAttachment
>(EmailAttachment, {
  statics: {},
  members: {
    Данные: 'data',
    Ид: 'id',
    КодировкаПередачи: 'transferEncoding',
    Название: 'name',
    РасположениеСодержимого: 'contentDisposition',
    ТипСодержимого: 'contentType',
    ВСтроку: 'toString',
    ПрочитатьДанные: 'readData',
    ВстроенноеВТекст: 'isInline',
    Исчерпано: 'isUsedUp',
  },
})

export const ЧастьТекстаПисьма: КлассЧастьТекстаПисьма = nameClass<
  КлассЧастьТекстаПисьма,
  typeof EmailTextPart
>(EmailTextPart, {
  statics: {},
  members: {
    Текст: 'text',
    ВидТекста: 'textKind',
    Данные: 'data',
    Кодировка: 'charset',
    КодировкаПередачи: 'transferEncoding',
    ЕстьОшибкиВРазборе: 'hasParsingErrors',
  },
})

const ЧЛЕНЫ_ЗАГОЛОВКОВ = {
  Важность: 'importance',
  ДатаОтправления: 'sentDate',
  ИдСообщения: 'messageId',
  ОбратныеАдреса: 'replyTo',
  Отправитель: 'sender',
  Получатели: 'recipients',
  ПолучателиКопии: 'ccRecipients',
  ПолучателиСкрытойКопии: 'bccRecipients',
  Тема: 'subject',
} as const

export const ЗаголовкиПисьма: ClassWithoutConstructor<ЗаголовкиПисьма> = nameClass<
  ClassWithoutConstructor<ЗаголовкиПисьма>,
  typeof EmailHeaders
>(EmailHeaders, { statics: {}, members: ЧЛЕНЫ_ЗАГОЛОВКОВ })

export const Письмо: КлассПисьмо = nameClass<КлассПисьмо, typeof Email>(Email, {
  statics: { ИзБайт: 'fromBytes' },
  members: {
    ...ЧЛЕНЫ_ЗАГОЛОВКОВ,
    ТипСодержимого: 'contentType',
    Вложения: 'attachments',
    ЕстьОшибкиВРазбореТелаПисьма: 'hasBodyParsingErrors',
    Частичное: 'isPartial',
    ВБайты: 'toBytes',
    ВПоток: 'toStream',
    ВСтроку: 'toString',
    ДобавитьПолучателей: 'addRecipients',
    ДобавитьПолучателейКопии: 'addCcRecipients',
    ДобавитьПолучателейСкрытойКопии: 'addBccRecipients',
    ДобавитьОбратныеАдреса: 'addReplyTo',
    УстановитьОтправителя: 'setSender',
    УстановитьПолучателей: 'setRecipients',
    УстановитьПолучателейКопии: 'setCcRecipients',
    УстановитьПолучателейСкрытойКопии: 'setBccRecipients',
    УстановитьОбратныеАдреса: 'setReplyTo',
    ДобавитьЗаголовок: 'addHeader',
    УстановитьЗаголовок: 'setHeader',
    УдалитьЗаголовок: 'removeHeader',
    ОчиститьЗаголовки: 'clearHeaders',
    ПолучитьВсеЗаголовки: 'getAllHeaders',
    ПолучитьПервыйЗаголовок: 'getFirstHeader',
    ПолучитьТекст: 'getText',
    ПолучитьТекстКакСтроку: 'getTextAsString',
    УстановитьТекстКакСтроку: 'setTextAsString',
    УстановитьТекст: 'setText',
    ДобавитьТекст: 'addText',
    ПриложитьДанные: 'attachData',
    ПриложитьФайл: 'attachFile',
    ПриложитьПисьмо: 'attachEmail',
    УдалитьВложение: 'removeAttachment',
    ФактическийОтправитель: 'actualSender',
    ОтветНаСообщения: 'inReplyTo',
    ЦепочкаСообщений: 'references',
    АдресаУведомленияОПрочтении: 'readReceiptTo',
    АдресаУведомленияОДоставке: 'deliveryReceiptTo',
    Календарь: 'calendar',
    Рассылка: 'list',
    Подготовить: 'prepare',
  },
})
