import type { EmailAddress } from '../model/email-address.ts'
import { BinaryData } from '../model/internet-mail/binary-data.ts'
import {
  InternetMailAddress,
  InternetMailAddresses,
} from '../model/internet-mail/internet-mail-address.ts'
import {
  InternetMailAttachment,
  InternetMailAttachments,
  type InternetMailAttachmentSource,
} from '../model/internet-mail/internet-mail-attachment.ts'
import { InternetMailText, InternetMailTexts } from '../model/internet-mail/internet-mail-text.ts'
import type {
  InternetMailAttachmentEncodingMode,
  InternetMailTextType,
} from '../model/internet-mail/enumerations.ts'
import { nameClass } from '../model/vocabulary.ts'
import type {
  СпособКодированияИнтернетПочтовогоВложения,
  ТипТекстаПочтовогоСообщения,
} from './internet-mail-enumerations.ts'

/** Байты или файл, в котором они лежат. */
export interface ДвоичныеДанные extends BinaryData {
  /** Записывает всё в файл; что в нём было, пропадает. */
  Записать(ИмяФайла: string | URL): Promise<void>
  /** В байтах. */
  Размер(): number
  ОткрытьПотокДляЧтения(): ReturnType<BinaryData['openStreamForRead']>
  /** Все байты в память. Расширение. */
  ПрочитатьДанные(): Promise<Uint8Array>
}

interface КлассДвоичныеДанные {
  readonly prototype: ДвоичныеДанные
  /** Байты — расширение. */
  new (ИмяФайла: string | URL | Uint8Array): ДвоичныеДанные
}

/** Адрес с именем или без. */
export interface ИнтернетПочтовыйАдрес extends InternetMailAddress {
  Адрес: string
  ОтображаемоеИмя: string
  /** То, что до `@`. */
  readonly Пользователь: string
  /** То, что после `@`. */
  readonly Сервер: string
  /** Письма пишутся в UTF-8, что бы здесь ни стояло. */
  Кодировка: string
}

interface КлассИнтернетПочтовыйАдрес {
  readonly prototype: ИнтернетПочтовыйАдрес
  /** Параметры — расширение. */
  new (Адрес: string | EmailAddress, ОтображаемоеИмя?: string): ИнтернетПочтовыйАдрес
}

/** Адреса письма. Это массив. */
export interface ИнтернетПочтовыеАдреса extends InternetMailAddresses {
  [Индекс: number]: ИнтернетПочтовыйАдрес
  [Symbol.iterator](): ArrayIterator<ИнтернетПочтовыйАдрес>
  Добавить(
    Адрес: string | EmailAddress | InternetMailAddress,
    ОтображаемоеИмя?: string,
  ): ИнтернетПочтовыйАдрес
  Количество(): number
  /** Индексы от нуля. */
  Получить(Индекс: number): ИнтернетПочтовыйАдрес
  Удалить(Элемент: InternetMailAddress | number): void
  Очистить(): void
}

/** Один из текстов письма. */
export interface ИнтернетТекстПочтовогоСообщения extends InternetMailText {
  Текст: string
  get ТипТекста(): ТипТекстаПочтовогоСообщения
  set ТипТекста(ТипТекста: InternetMailTextType)
  /** Письма пишутся в UTF-8, что бы здесь ни стояло. */
  Кодировка: string
  readonly Данные: ДвоичныеДанные
}

interface КлассИнтернетТекстПочтовогоСообщения {
  readonly prototype: ИнтернетТекстПочтовогоСообщения
  /** Параметры — расширение. */
  new (Текст?: string, ТипТекста?: InternetMailTextType): ИнтернетТекстПочтовогоСообщения
}

/** Тексты письма: простой текст и HTML — одно и то же в двух видах. Это массив. */
export interface ИнтернетТекстыПочтовогоСообщения extends InternetMailTexts {
  [Индекс: number]: ИнтернетТекстПочтовогоСообщения
  [Symbol.iterator](): ArrayIterator<ИнтернетТекстПочтовогоСообщения>
  /** По умолчанию простой текст. */
  Добавить(
    Текст: string | InternetMailText,
    ТипТекста?: InternetMailTextType,
  ): ИнтернетТекстПочтовогоСообщения
  Количество(): number
  /** Индексы от нуля. */
  Получить(Индекс: number): ИнтернетТекстПочтовогоСообщения
  Удалить(Элемент: InternetMailText | number): void
  Очистить(): void
}

/** Файл письма. */
export interface ИнтернетПочтовоеВложение extends InternetMailAttachment {
  /** Письмо в письме — тоже двоичные данные; разбирает их `УстановитьИсходныеДанные`. */
  get Данные(): ДвоичныеДанные
  set Данные(Данные: BinaryData | Uint8Array)
  Имя: string
  /** Имя файла, из которого вложение сделано, или имя, под которым оно пришло. */
  readonly ИмяФайла: string
  /** Content-ID. Если HTML показывает его через `cid:`, вложение видно в тексте, а не в списке файлов. */
  Идентификатор: string
  /** Если не задан, его определяет имя. */
  ТипСодержимого: string
  Кодировка: string
  get СпособКодирования(): СпособКодированияИнтернетПочтовогоВложения
  set СпособКодирования(Способ: InternetMailAttachmentEncodingMode)
}

interface КлассИнтернетПочтовоеВложение {
  readonly prototype: ИнтернетПочтовоеВложение
  /** Параметры — расширение. */
  new (Источник?: InternetMailAttachmentSource, Имя?: string): ИнтернетПочтовоеВложение
}

/** Вложения письма. Это массив. */
export interface ИнтернетПочтовыеВложения extends InternetMailAttachments {
  [Индекс: number]: ИнтернетПочтовоеВложение
  [Symbol.iterator](): ArrayIterator<ИнтернетПочтовоеВложение>
  /** Файл по имени, он читается при отправке; двоичные данные; другое письмо, каким оно сейчас есть. */
  Добавить(
    Источник: InternetMailAttachmentSource | InternetMailAttachment,
    Имя?: string,
  ): ИнтернетПочтовоеВложение
  Количество(): number
  /** Индексы от нуля. */
  Получить(Индекс: number): ИнтернетПочтовоеВложение
  Удалить(Элемент: InternetMailAttachment | number): void
  Очистить(): void
}

interface Класс<Объект> {
  readonly prototype: Объект
  new (): Объект
}

export const ДвоичныеДанные: КлассДвоичныеДанные = nameClass<
  КлассДвоичныеДанные,
  typeof BinaryData
>(BinaryData, {
  statics: {},
  members: {
    Записать: 'write',
    Размер: 'size',
    ОткрытьПотокДляЧтения: 'openStreamForRead',
    ПрочитатьДанные: 'readData',
  },
})

export const ИнтернетПочтовыйАдрес: КлассИнтернетПочтовыйАдрес = nameClass<
  КлассИнтернетПочтовыйАдрес,
  typeof InternetMailAddress
>(InternetMailAddress, {
  statics: {},
  members: {
    Адрес: 'address',
    ОтображаемоеИмя: 'displayName',
    Пользователь: 'user',
    Сервер: 'server',
    Кодировка: 'encoding',
  },
})

export const ИнтернетТекстПочтовогоСообщения: КлассИнтернетТекстПочтовогоСообщения = nameClass<
  КлассИнтернетТекстПочтовогоСообщения,
  typeof InternetMailText
>(InternetMailText, {
  statics: {},
  members: { Текст: 'text', ТипТекста: 'textType', Кодировка: 'encoding', Данные: 'data' },
})

export const ИнтернетПочтовоеВложение: КлассИнтернетПочтовоеВложение = nameClass<
  КлассИнтернетПочтовоеВложение,
  typeof InternetMailAttachment
>(InternetMailAttachment, {
  statics: {},
  members: {
    Данные: 'data',
    Имя: 'name',
    ИмяФайла: 'fileName',
    Идентификатор: 'cid',
    ТипСодержимого: 'mimeType',
    Кодировка: 'encoding',
    СпособКодирования: 'encodingMode',
  },
})

const ЧЛЕНЫ_КОЛЛЕКЦИИ = {
  Добавить: 'add',
  Количество: 'count',
  Получить: 'get',
  Удалить: 'delete',
  Очистить: 'clear',
} as const

export const ИнтернетПочтовыеАдреса: Класс<ИнтернетПочтовыеАдреса> = nameClass<
  Класс<ИнтернетПочтовыеАдреса>,
  typeof InternetMailAddresses
>(InternetMailAddresses, { statics: {}, members: ЧЛЕНЫ_КОЛЛЕКЦИИ })

export const ИнтернетТекстыПочтовогоСообщения: Класс<ИнтернетТекстыПочтовогоСообщения> = nameClass<
  Класс<ИнтернетТекстыПочтовогоСообщения>,
  typeof InternetMailTexts
>(InternetMailTexts, { statics: {}, members: ЧЛЕНЫ_КОЛЛЕКЦИИ })

export const ИнтернетПочтовыеВложения: Класс<ИнтернетПочтовыеВложения> = nameClass<
  Класс<ИнтернетПочтовыеВложения>,
  typeof InternetMailAttachments
>(InternetMailAttachments, { statics: {}, members: ЧЛЕНЫ_КОЛЛЕКЦИИ })
