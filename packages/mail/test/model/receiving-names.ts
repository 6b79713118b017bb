/** A table of data: the names of the object model for receiving, in both languages. */

import { ENUMERATION, EXCEPTION, type NamedType } from './names.ts'

const CONNECTION = [
  ['ОчищатьПриЗакрытииКаталога', 'purgeOnDirectoryClose'],
  ['Закрыть', 'close'],
  ['Подключено', 'isConnected'],
] as const

const EMAIL = [
  ['Индекс', 'index'],
  ['НаУдаление', 'markedForDeletion'],
  ['Письмо', 'email'],
  ['ВСтроку', 'toString'],
] as const

const HEADERS = [
  ['Заголовки', 'headers'],
  ['Индекс', 'index'],
  ['ВСтроку', 'toString'],
] as const

export const RECEIVING_NAMES: readonly NamedType[] = [
  {
    ru: 'СоединениеPop3',
    en: 'Pop3Connection',
    members: [
      ...CONNECTION,
      ['КоличествоПисем', 'getEmailCount'],
      ['ПолучитьЗаголовкиПисем', 'getEmailHeaders'],
      ['ПолучитьПисьма', 'getEmails'],
      ['ПолучитьПисьмо', 'getEmail'],
      ['ПометитьНаУдаление', 'markForDeletion'],
    ],
  },
  { ru: 'ПисьмоВСоединении', en: 'ConnectionEmail', members: EMAIL },
  { ru: 'ЗаголовкиПисьмаВСоединении', en: 'ConnectionEmailHeaders', members: HEADERS },
  {
    ru: 'ВидКаталогаПочты',
    en: 'EmailDirectoryKind',
    statics: [
      ['Входящие', 'Inbox'],
      ['Архив', 'Archive'],
      ['Черновики', 'Drafts'],
      ['Отправленные', 'Sent'],
      ['Корзина', 'Trash'],
    ],
    members: ENUMERATION,
  },
  {
    ru: 'РежимОткрытияКаталогаImap',
    en: 'ImapDirectoryOpenMode',
    statics: [
      ['Чтение', 'Read'],
      ['ЧтениеИЗапись', 'ReadWrite'],
    ],
    members: ENUMERATION,
  },
  {
    ru: 'ФлагПисьма',
    en: 'EmailFlag',
    statics: [
      ['Новое', 'New'],
      ['Отвеченное', 'Answered'],
      ['Отмененное', 'Cancelled'],
      ['Пересланное', 'Forwarded'],
      ['Помеченное', 'Flagged'],
      ['Прочитанное', 'Seen'],
      ['Удаленное', 'Deleted'],
      ['Черновик', 'Draft'],
    ],
    members: ENUMERATION,
  },
  {
    ru: 'ИсключениеКаталогПочтыНеНайден',
    en: 'EmailDirectoryNotFoundException',
    members: EXCEPTION,
  },
]
