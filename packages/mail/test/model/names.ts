/** A table of data: the names of the object model for composing and sending, in both languages. */

/** The members of a type: Russian name, English name. */
export interface NamedType {
  readonly ru: string
  readonly en: string
  /** Of the type itself: static members, values of an enumeration. */
  readonly statics?: readonly (readonly [ru: string, en: string])[]
  readonly members?: readonly (readonly [ru: string, en: string])[]
}

export const ENUMERATION = [
  ['Индекс', 'index'],
  ['ВСтроку', 'toString'],
  ['Представление', 'presentation'],
] as const

export const EXCEPTION = [
  ['Ид', 'id'],
  ['Описание', 'description'],
  ['ПодавленныеИсключения', 'suppressedExceptions'],
  ['ПоследовательностьВызовов', 'callSequence'],
  ['Причина', 'cause'],
  ['ВСтроку', 'toString'],
  ['Информация', 'info'],
] as const

const PARAMETERS = [
  ['Аутентификация', 'authentication'],
  ['ИспользоватьSsl', 'useSsl'],
  ['РазрешитьStartTls', 'allowStartTls'],
  ['Порт', 'port'],
  ['Сервер', 'server'],
  ['ТаймаутПередачиДанных', 'dataTransferTimeout'],
  ['ТаймаутСоединения', 'connectionTimeout'],
] as const

const HEADERS = [
  ['Важность', 'importance'],
  ['ДатаОтправления', 'sentDate'],
  ['ИдСообщения', 'messageId'],
  ['ОбратныеАдреса', 'replyTo'],
  ['Отправитель', 'sender'],
  ['Получатели', 'recipients'],
  ['ПолучателиКопии', 'ccRecipients'],
  ['ПолучателиСкрытойКопии', 'bccRecipients'],
  ['Тема', 'subject'],
] as const

export const NAMES: readonly NamedType[] = [
  {
    ru: 'РезультатОтправкиПисем',
    en: 'EmailsSendingResult',
    members: [
      ['Сообщение', 'message'],
      ['Исключение', 'exception'],
      ['Успешно', 'isSuccessful'],
    ],
  },
  { ru: 'ПараметрыПодключенияПочты', en: 'EmailConnectionParameters', members: PARAMETERS },
  { ru: 'ПараметрыПодключенияSmtp', en: 'SmtpConnectionParameters', members: PARAMETERS },
  {
    ru: 'ПараметрыПодключенияImap',
    en: 'ImapConnectionParameters',
    members: [...PARAMETERS, ['ПараметрыЗащиты', 'secureParameters']],
  },
  {
    ru: 'ПараметрыПодключенияPop3',
    en: 'Pop3ConnectionParameters',
    members: [...PARAMETERS, ['ПараметрыЗащиты', 'secureParameters']],
  },
  { ru: 'АутентификацияПочты', en: 'EmailAuthentication' },
  {
    ru: 'АутентификацияПочтыПоПаролю',
    en: 'PasswordEmailAuthentication',
    members: [['Пользователь', 'user']],
  },
  {
    ru: 'АдресПочты',
    en: 'EmailAddress',
    members: [
      ['Адрес', 'address'],
      ['ОтображаемоеИмя', 'displayName'],
      ['ВСтроку', 'toString'],
      ['Представление', 'presentation'],
    ],
  },
  { ru: 'ЗаголовкиПисьма', en: 'EmailHeaders', members: HEADERS },
  {
    ru: 'Письмо',
    en: 'Email',
    statics: [['ИзБайт', 'fromBytes']],
    members: [
      ...HEADERS,
      ['ТипСодержимого', 'contentType'],
      ['Вложения', 'attachments'],
      ['ЕстьОшибкиВРазбореТелаПисьма', 'hasBodyParsingErrors'],
      ['Частичное', 'isPartial'],
      ['ВБайты', 'toBytes'],
      ['ВПоток', 'toStream'],
      ['ВСтроку', 'toString'],
      ['ДобавитьПолучателей', 'addRecipients'],
      ['ДобавитьПолучателейКопии', 'addCcRecipients'],
      ['ДобавитьПолучателейСкрытойКопии', 'addBccRecipients'],
      ['ДобавитьОбратныеАдреса', 'addReplyTo'],
      ['УстановитьОтправителя', 'setSender'],
      ['УстановитьПолучателей', 'setRecipients'],
      ['УстановитьПолучателейКопии', 'setCcRecipients'],
      ['УстановитьПолучателейСкрытойКопии', 'setBccRecipients'],
      ['УстановитьОбратныеАдреса', 'setReplyTo'],
      ['ДобавитьЗаголовок', 'addHeader'],
      ['УстановитьЗаголовок', 'setHeader'],
      ['УдалитьЗаголовок', 'removeHeader'],
      ['ОчиститьЗаголовки', 'clearHeaders'],
      ['ПолучитьВсеЗаголовки', 'getAllHeaders'],
      ['ПолучитьПервыйЗаголовок', 'getFirstHeader'],
      ['ПолучитьТекст', 'getText'],
      ['ПолучитьТекстКакСтроку', 'getTextAsString'],
      ['УстановитьТекстКакСтроку', 'setTextAsString'],
      ['ПриложитьДанные', 'attachData'],
      ['ПриложитьФайл', 'attachFile'],
      ['УдалитьВложение', 'removeAttachment'],
    ],
  },
  {
    ru: 'ВложениеПисьма',
    en: 'EmailAttachment',
    members: [
      ['Данные', 'data'],
      ['Ид', 'id'],
      ['КодировкаПередачи', 'transferEncoding'],
      ['Название', 'name'],
      ['РасположениеСодержимого', 'contentDisposition'],
      ['ТипСодержимого', 'contentType'],
      ['ВСтроку', 'toString'],
    ],
  },
  {
    ru: 'ЧастьТекстаПисьма',
    en: 'EmailTextPart',
    members: [
      ['Текст', 'text'],
      ['ВидТекста', 'textKind'],
      ['Данные', 'data'],
      ['Кодировка', 'charset'],
      ['КодировкаПередачи', 'transferEncoding'],
      ['ЕстьОшибкиВРазборе', 'hasParsingErrors'],
    ],
  },
  {
    ru: 'ВажностьПисьма',
    en: 'EmailImportance',
    statics: [
      ['Низкая', 'Low'],
      ['Обычная', 'Normal'],
      ['Высокая', 'High'],
    ],
    members: ENUMERATION,
  },
  {
    ru: 'ВидТекстаПисьма',
    en: 'EmailTextKind',
    statics: [
      ['ПростойТекст', 'PlainText'],
      ['Html', 'Html'],
      ['РазмеченныйТекст', 'RichText'],
      ['ПоТипуСодержимого', 'byContentType'],
    ],
    members: [...ENUMERATION, ['ТипСодержимого', 'contentType']],
  },
  { ru: 'Исключение', en: 'Exception', members: EXCEPTION },
  { ru: 'ИсключениеПочты', en: 'EmailException', members: EXCEPTION },
  { ru: 'ИсключениеАдресаПочты', en: 'EmailAddressException', members: EXCEPTION },
  { ru: 'ИсключениеОтправкиПочты', en: 'EmailSendingException', members: EXCEPTION },
  { ru: 'ИсключениеНедопустимыйАргумент', en: 'IllegalArgumentException', members: EXCEPTION },
  { ru: 'ИсключениеНедопустимоеСостояние', en: 'IllegalStateException', members: EXCEPTION },
  {
    ru: 'ПараметрыЗащищенногоСоединения',
    en: 'SecureConnectionParameters',
    members: [
      ['БезПроверкиСертификатов', 'withoutCertificateVerification'],
      ['ХранилищеКлючей', 'keyStore'],
      ['ХранилищеСертификатов', 'certificateStore'],
    ],
  },
  { ru: 'Секрет', en: 'Secret', members: [['Раскрыть', 'reveal']] },
]
