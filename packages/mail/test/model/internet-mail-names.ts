/** A table of data: the names of the platform's mail objects, in both languages, as the platform spells them. */

/** The members of a type: Russian name, English name. */
export interface PlatformType {
  readonly ru: string
  readonly en: string
  /** Values of an enumeration. */
  readonly values?: readonly (readonly [ru: string, en: string])[]
  readonly members?: readonly (readonly [ru: string, en: string])[]
}

const COLLECTION = [
  ['Добавить', 'Add'],
  ['Количество', 'Count'],
  ['Получить', 'Get'],
  ['Удалить', 'Delete'],
  ['Очистить', 'Clear'],
] as const

export const PLATFORM_NAMES: readonly PlatformType[] = [
  {
    ru: 'ИнтернетПочта',
    en: 'InternetMail',
    members: [
      ['Подключиться', 'Logon'],
      ['Отключиться', 'Logoff'],
      ['Послать', 'Send'],
      ['Выбрать', 'Get'],
      ['ПолучитьЗаголовки', 'GetHeaders'],
      ['ПолучитьИдентификаторы', 'GetUIDL'],
      ['ПолучитьКоличествоСообщений', 'GetMessageCount'],
      ['УдалитьСообщения', 'DeleteMessages'],
      ['ОтменитьУдалениеСообщений', 'UndeleteMessages'],
      ['ОчиститьУдаленныеСообщения', 'ClearDeletedMessages'],
      ['УстановитьФлагиСообщений', 'SetMessagesFlags'],
      ['ПолучитьПочтовыеЯщики', 'GetMailBoxes'],
      ['ПолучитьПочтовыеЯщикиПоПодписке', 'GetMailBoxesBySubscription'],
      ['ПодписатьсяНаПочтовыйЯщик', 'SubscribeToMailbox'],
      ['ОтменитьПодпискуНаПочтовыйЯщик', 'UnsubscribeFromMailbox'],
      ['СоздатьПочтовыйЯщик', 'CreateMailbox'],
      ['УдалитьПочтовыйЯщик', 'DeleteMailbox'],
      ['ПереименоватьПочтовыйЯщик', 'RenameMailbox'],
      ['ТекущийПочтовыйЯщик', 'CurrentMailbox'],
      ['СимволРазделитель', 'DelimiterChar'],
    ],
  },
  {
    ru: 'ИнтернетПочтовыйПрофиль',
    en: 'InternetMailProfile',
    members: [
      ['АдресСервераSMTP', 'SMTPServerAddress'],
      ['АдресСервераPOP3', 'POP3ServerAddress'],
      ['АдресСервераIMAP', 'IMAPServerAddress'],
      ['ПортSMTP', 'SMTPPort'],
      ['ПортPOP3', 'POP3Port'],
      ['ПортIMAP', 'IMAPPort'],
      ['ИспользоватьSSLSMTP', 'SMTPUseSSL'],
      ['ИспользоватьSSLPOP3', 'POP3UseSSL'],
      ['ИспользоватьSSLIMAP', 'IMAPUseSSL'],
      ['Пользователь', 'User'],
      ['Пароль', 'Password'],
      ['ПользовательSMTP', 'SMTPUser'],
      ['ПарольSMTP', 'SMTPPassword'],
      ['ПользовательIMAP', 'IMAPUser'],
      ['ПарольIMAP', 'IMAPPassword'],
      ['АутентификацияSMTP', 'SMTPAuthentication'],
      ['АутентификацияPOP3', 'POP3Authentication'],
      ['ТолькоЗащищеннаяАутентификацияSMTP', 'SMTPSecureAuthenticationOnly'],
      ['ТолькоЗащищеннаяАутентификацияPOP3', 'POP3SecureAuthenticationOnly'],
      ['ТолькоЗащищеннаяАутентификацияIMAP', 'IMAPSecureAuthenticationOnly'],
      ['POP3ПередSMTP', 'POP3BeforeSMTP'],
      ['Таймаут', 'Timeout'],
      ['АутентификацияПоТокену', 'TokenAuthentication'],
      ['ТокенДоступа', 'AccessToken'],
    ],
  },
  {
    ru: 'ИнтернетПочтовоеСообщение',
    en: 'InternetMailMessage',
    members: [
      ['Тема', 'Subject'],
      ['Получатели', 'To'],
      ['Копии', 'Cc'],
      ['СлепыеКопии', 'Bcc'],
      ['ОбратныйАдрес', 'ReplyTo'],
      ['Отправитель', 'From'],
      ['ИмяОтправителя', 'SenderName'],
      ['Тексты', 'Texts'],
      ['Вложения', 'Attachments'],
      ['ДатаОтправления', 'PostingDate'],
      ['СмещениеДатыОтправления', 'PostingDateOffset'],
      ['ДатаПолучения', 'DateReceived'],
      ['Идентификатор', 'UID'],
      ['ИдентификаторСообщения', 'MessageID'],
      ['Заголовок', 'Header'],
      ['Важность', 'Importance'],
      ['УведомитьОДоставке', 'RequestDeliveryReceipt'],
      ['УведомитьОПрочтении', 'RequestReadReceipt'],
      ['АдресаУведомленияОДоставке', 'DeliveryReceiptAddresses'],
      ['АдресаУведомленияОПрочтении', 'ReadReceiptAddresses'],
      ['Кодировка', 'Encoding'],
      ['СпособКодированияНеASCIIСимволов', 'NonAsciiSymbolsEncodingMode'],
      ['Категории', 'Categories'],
      ['Организация', 'Organization'],
      ['Размер', 'Size'],
      ['СтатусРазбора', 'ParseStatus'],
      ['Частичное', 'Partial'],
      ['ПолучитьИсходныеДанные', 'GetSourceData'],
      ['ПолучитьИсходныйТекст', 'GetSourceText'],
      ['УстановитьИсходныеДанные', 'SetSourceData'],
      ['ПолучитьПолеЗаголовка', 'GetField'],
      ['УстановитьПолеЗаголовка', 'SetField'],
      ['ОбработатьТексты', 'ProcessTexts'],
    ],
  },
  {
    ru: 'ИнтернетПочтовоеВложение',
    en: 'InternetMailAttachment',
    members: [
      ['Данные', 'Data'],
      ['Имя', 'Name'],
      ['ИмяФайла', 'FileName'],
      ['Идентификатор', 'CID'],
      ['ТипСодержимого', 'MIMEType'],
      ['Кодировка', 'Encoding'],
      ['СпособКодирования', 'EncodingMode'],
    ],
  },
  {
    ru: 'ИнтернетПочтовыйАдрес',
    en: 'InternetMailAddress',
    members: [
      ['Адрес', 'Address'],
      ['ОтображаемоеИмя', 'DisplayName'],
      ['Пользователь', 'User'],
      ['Сервер', 'Server'],
      ['Кодировка', 'Encoding'],
    ],
  },
  {
    ru: 'ИнтернетТекстПочтовогоСообщения',
    en: 'InternetMailText',
    members: [
      ['Текст', 'Text'],
      ['ТипТекста', 'TextType'],
      ['Кодировка', 'Encoding'],
      ['Данные', 'Data'],
    ],
  },
  { ru: 'ИнтернетПочтовыеАдреса', en: 'InternetMailAddresses', members: COLLECTION },
  { ru: 'ИнтернетПочтовыеВложения', en: 'InternetMailAttachments', members: COLLECTION },
  { ru: 'ИнтернетТекстыПочтовогоСообщения', en: 'InternetMailTexts', members: COLLECTION },
  {
    ru: 'ДвоичныеДанные',
    en: 'BinaryData',
    members: [
      ['Записать', 'Write'],
      ['Размер', 'Size'],
      ['ОткрытьПотокДляЧтения', 'OpenStreamForRead'],
    ],
  },
  {
    ru: 'ПротоколИнтернетПочты',
    en: 'InternetMailProtocol',
    values: [
      ['IMAP', 'IMAP'],
      ['POP3', 'POP3'],
      ['SMTP', 'SMTP'],
    ],
  },
  {
    ru: 'ОбработкаТекстаИнтернетПочтовогоСообщения',
    en: 'InternetMailTextProcessing',
    values: [
      ['НеОбрабатывать', 'DontProcess'],
      ['Обрабатывать', 'Process'],
    ],
  },
  {
    ru: 'ТипТекстаПочтовогоСообщения',
    en: 'InternetMailTextType',
    values: [
      ['HTML', 'HTML'],
      ['ПростойТекст', 'PlainText'],
      ['РазмеченныйТекст', 'RichText'],
    ],
  },
  {
    ru: 'ВажностьИнтернетПочтовогоСообщения',
    en: 'InternetMailMessageImportance',
    values: [
      ['Наивысшая', 'Highest'],
      ['Высокая', 'High'],
      ['Обычная', 'Normal'],
      ['Низкая', 'Low'],
      ['Наименьшая', 'Lowest'],
    ],
  },
  {
    ru: 'СпособКодированияНеASCIIСимволовИнтернетПочтовогоСообщения',
    en: 'InternetMailMessageNonASCIISymbolsEncodingMode',
    values: [
      ['MIME', 'MIME'],
      ['QuotedPrintable', 'QuotedPrintable'],
      ['БезКодирования', 'None'],
    ],
  },
  {
    ru: 'СпособКодированияИнтернетПочтовогоВложения',
    en: 'InternetMailAttachmentEncodingMode',
    values: [
      ['MIME', 'MIME'],
      ['UUEncode', 'UUEncode'],
    ],
  },
  {
    ru: 'СпособКодированияИнтернетПочтовогоСообщения',
    en: 'InternetMailAttachmentEncodingMode',
  },
  {
    ru: 'СтатусРазбораПочтовогоСообщения',
    en: 'InternetMailMessageParseStatus',
    values: [
      ['ОбнаруженыОшибки', 'ErrorsDetected'],
      ['ОшибокНеОбнаружено', 'ErrorsNotDetected'],
    ],
  },
  {
    ru: 'СпособSMTPАутентификации',
    en: 'SMTPAuthenticationMode',
    values: [
      ['ПоУмолчанию', 'Default'],
      ['БезАутентификации', 'None'],
      ['CramMD5', 'CramMD5'],
      ['Login', 'Login'],
      ['Plain', 'Plain'],
    ],
  },
  {
    ru: 'СпособPOP3Аутентификации',
    en: 'POP3AuthenticationMode',
    values: [
      ['Обычная', 'General'],
      ['APOP', 'APOP'],
      ['CramMD5', 'CramMD5'],
    ],
  },
]

/** The keys of a filter. */
export const FILTER_KEYS: readonly (readonly [ru: string, en: string])[] = [
  ['ОтправленОтвет', 'Answered'],
  ['Недавние', 'Recent'],
  ['СлепыеКопии', 'Bcc'],
  ['Копии', 'Cc'],
  ['Получатели', 'To'],
  ['ДатаОтправления', 'PostDating'],
  ['Отправитель', 'From'],
  ['ДоДатыОтправления', 'BeforeDateOfPosting'],
  ['ПослеДатыОтправления', 'AfterDateOfPosting'],
  ['Тема', 'Subject'],
  ['Текст', 'Text'],
  ['ТелоСообщения', 'Body'],
  ['Удаленные', 'Deleted'],
  ['УстановленФлаг', 'Flagged'],
  ['Прочитанные', 'Seen'],
  ['Новые', 'New'],
]
