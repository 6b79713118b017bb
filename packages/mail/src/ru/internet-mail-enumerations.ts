/** A table of data: the enumerations of the platform's mail objects by their Russian names. */

import {
  InternetMailAttachmentEncodingMode,
  InternetMailMessageImportance,
  InternetMailMessageNonAsciiSymbolsEncodingMode,
  InternetMailMessageParseStatus,
  InternetMailProtocol,
  InternetMailTextProcessing,
  InternetMailTextType,
  Pop3AuthenticationMode,
  SmtpAuthenticationMode,
} from '../model/internet-mail/enumerations.ts'
import { nameClass } from '../model/vocabulary.ts'
import { ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ, type ЧленыПеречисления } from './enumerations.ts'

/** По какому протоколу. */
export interface ПротоколИнтернетПочты extends InternetMailProtocol, ЧленыПеречисления {}

interface КлассПротоколИнтернетПочты {
  readonly prototype: ПротоколИнтернетПочты
  readonly IMAP: ПротоколИнтернетПочты
  readonly POP3: ПротоколИнтернетПочты
  readonly SMTP: ПротоколИнтернетПочты
}

/** Готовить ли тексты письма к отправке: дополнить HTML простым текстом. */
export interface ОбработкаТекстаИнтернетПочтовогоСообщения
  extends InternetMailTextProcessing, ЧленыПеречисления {}

interface КлассОбработкаТекстаИнтернетПочтовогоСообщения {
  readonly prototype: ОбработкаТекстаИнтернетПочтовогоСообщения
  readonly НеОбрабатывать: ОбработкаТекстаИнтернетПочтовогоСообщения
  readonly Обрабатывать: ОбработкаТекстаИнтернетПочтовогоСообщения
}

/** На чём написан текст письма. */
export interface ТипТекстаПочтовогоСообщения extends InternetMailTextType, ЧленыПеречисления {}

interface КлассТипТекстаПочтовогоСообщения {
  readonly prototype: ТипТекстаПочтовогоСообщения
  readonly HTML: ТипТекстаПочтовогоСообщения
  readonly ПростойТекст: ТипТекстаПочтовогоСообщения
  readonly РазмеченныйТекст: ТипТекстаПочтовогоСообщения
}

/** Насколько письмо важно для отправителя. */
export interface ВажностьИнтернетПочтовогоСообщения
  extends InternetMailMessageImportance, ЧленыПеречисления {}

interface КлассВажностьИнтернетПочтовогоСообщения {
  readonly prototype: ВажностьИнтернетПочтовогоСообщения
  readonly Наивысшая: ВажностьИнтернетПочтовогоСообщения
  readonly Высокая: ВажностьИнтернетПочтовогоСообщения
  readonly Обычная: ВажностьИнтернетПочтовогоСообщения
  readonly Низкая: ВажностьИнтернетПочтовогоСообщения
  readonly Наименьшая: ВажностьИнтернетПочтовогоСообщения
}

/** Как писать заголовки не на латинице. Что бы ни было задано, они пишутся по RFC 2047. */
export interface СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
  extends InternetMailMessageNonAsciiSymbolsEncodingMode, ЧленыПеречисления {}

interface КлассСпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения {
  readonly prototype: СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
  readonly MIME: СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
  readonly QuotedPrintable: СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
  readonly БезКодирования: СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения
}

/** Как писать вложения. Что бы ни было задано, они пишутся по MIME. */
export interface СпособКодированияИнтернетПочтовогоВложения
  extends InternetMailAttachmentEncodingMode, ЧленыПеречисления {}

interface КлассСпособКодированияИнтернетПочтовогоВложения {
  readonly prototype: СпособКодированияИнтернетПочтовогоВложения
  readonly MIME: СпособКодированияИнтернетПочтовогоВложения
  readonly UUEncode: СпособКодированияИнтернетПочтовогоВложения
}

/** Удалось ли разобрать письмо целиком. */
export interface СтатусРазбораПочтовогоСообщения
  extends InternetMailMessageParseStatus, ЧленыПеречисления {}

interface КлассСтатусРазбораПочтовогоСообщения {
  readonly prototype: СтатусРазбораПочтовогоСообщения
  readonly ОбнаруженыОшибки: СтатусРазбораПочтовогоСообщения
  readonly ОшибокНеОбнаружено: СтатусРазбораПочтовогоСообщения
}

/** Как входить на сервер SMTP. По умолчанию самым надёжным способом из общих. */
export interface СпособSMTPАутентификации extends SmtpAuthenticationMode, ЧленыПеречисления {}

interface КлассСпособSMTPАутентификации {
  readonly prototype: СпособSMTPАутентификации
  readonly ПоУмолчанию: СпособSMTPАутентификации
  readonly БезАутентификации: СпособSMTPАутентификации
  readonly CramMD5: СпособSMTPАутентификации
  readonly Login: СпособSMTPАутентификации
  readonly Plain: СпособSMTPАутентификации
}

/** Как входить на сервер POP3. Обычный способ — самый надёжный из общих. */
export interface СпособPOP3Аутентификации extends Pop3AuthenticationMode, ЧленыПеречисления {}

interface КлассСпособPOP3Аутентификации {
  readonly prototype: СпособPOP3Аутентификации
  readonly Обычная: СпособPOP3Аутентификации
  readonly APOP: СпособPOP3Аутентификации
  readonly CramMD5: СпособPOP3Аутентификации
}

export const ПротоколИнтернетПочты: КлассПротоколИнтернетПочты = nameClass<
  КлассПротоколИнтернетПочты,
  typeof InternetMailProtocol
>(InternetMailProtocol, {
  statics: { IMAP: 'Imap', POP3: 'Pop3', SMTP: 'Smtp' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const ОбработкаТекстаИнтернетПочтовогоСообщения: КлассОбработкаТекстаИнтернетПочтовогоСообщения =
  nameClass<КлассОбработкаТекстаИнтернетПочтовогоСообщения, typeof InternetMailTextProcessing>(
    InternetMailTextProcessing,
    {
      statics: { НеОбрабатывать: 'DontProcess', Обрабатывать: 'Process' },
      members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
    },
  )

export const ТипТекстаПочтовогоСообщения: КлассТипТекстаПочтовогоСообщения = nameClass<
  КлассТипТекстаПочтовогоСообщения,
  typeof InternetMailTextType
>(InternetMailTextType, {
  statics: { HTML: 'Html', ПростойТекст: 'PlainText', РазмеченныйТекст: 'RichText' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const ВажностьИнтернетПочтовогоСообщения: КлассВажностьИнтернетПочтовогоСообщения =
  nameClass<КлассВажностьИнтернетПочтовогоСообщения, typeof InternetMailMessageImportance>(
    InternetMailMessageImportance,
    {
      statics: {
        Наивысшая: 'Highest',
        Высокая: 'High',
        Обычная: 'Normal',
        Низкая: 'Low',
        Наименьшая: 'Lowest',
      },
      members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
    },
  )

export const СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения: КлассСпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения =
  nameClass<
    КлассСпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения,
    typeof InternetMailMessageNonAsciiSymbolsEncodingMode
  >(InternetMailMessageNonAsciiSymbolsEncodingMode, {
    statics: { MIME: 'Mime', БезКодирования: 'None' },
    members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
  })

export const СпособКодированияИнтернетПочтовогоВложения: КлассСпособКодированияИнтернетПочтовогоВложения =
  nameClass<
    КлассСпособКодированияИнтернетПочтовогоВложения,
    typeof InternetMailAttachmentEncodingMode
  >(InternetMailAttachmentEncodingMode, {
    statics: { MIME: 'Mime', UUEncode: 'UuEncode' },
    members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
  })

/** То же самое: так это перечисление называет OneScript. */
export type СпособКодированияИнтернетПочтовогоСообщения = СпособКодированияИнтернетПочтовогоВложения

export const СпособКодированияИнтернетПочтовогоСообщения: КлассСпособКодированияИнтернетПочтовогоВложения =
  СпособКодированияИнтернетПочтовогоВложения

export const СтатусРазбораПочтовогоСообщения: КлассСтатусРазбораПочтовогоСообщения = nameClass<
  КлассСтатусРазбораПочтовогоСообщения,
  typeof InternetMailMessageParseStatus
>(InternetMailMessageParseStatus, {
  statics: { ОбнаруженыОшибки: 'ErrorsDetected', ОшибокНеОбнаружено: 'ErrorsNotDetected' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const СпособSMTPАутентификации: КлассСпособSMTPАутентификации = nameClass<
  КлассСпособSMTPАутентификации,
  typeof SmtpAuthenticationMode
>(SmtpAuthenticationMode, {
  statics: { ПоУмолчанию: 'Default', БезАутентификации: 'None', CramMD5: 'CramMd5' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const СпособPOP3Аутентификации: КлассСпособPOP3Аутентификации = nameClass<
  КлассСпособPOP3Аутентификации,
  typeof Pop3AuthenticationMode
>(Pop3AuthenticationMode, {
  statics: { Обычная: 'General', APOP: 'Apop', CramMD5: 'CramMd5' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})
