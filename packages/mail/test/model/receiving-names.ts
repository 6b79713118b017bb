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
    ru: 'СоединениеImap',
    en: 'ImapConnection',
    members: [
      ...CONNECTION,
      ['ПолучитьКаталог', 'getDirectory'],
      ['ПолучитьКаталогПоУмолчанию', 'getDefaultDirectory'],
    ],
  },
  {
    ru: 'КаталогПочтыImap',
    en: 'ImapEmailDirectory',
    members: [
      ['Имя', 'name'],
      ['Путь', 'path'],
      ['Разделитель', 'delimiter'],
      ['РодительскийКаталог', 'parentDirectory'],
      ['Открыть', 'open'],
      ['Открыт', 'isOpen'],
      ['РежимОткрытия', 'getOpenMode'],
      ['Закрыть', 'close'],
      ['Существует', 'exists'],
      ['МожетСодержатьКаталоги', 'canContainDirectories'],
      ['МожетСодержатьПисьма', 'canContainEmails'],
      ['СоздатьДляКаталогов', 'createForDirectories'],
      ['СоздатьДляПисем', 'createForEmails'],
      ['ПереименоватьВ', 'renameTo'],
      ['Удалить', 'delete'],
      ['Подкаталоги', 'getSubdirectories'],
      ['ПолучитьДочернийКаталог', 'getChildDirectory'],
      ['КоличествоПисем', 'getEmailCount'],
      ['КоличествоНепрочитанныхПисем', 'getUnreadEmailCount'],
      ['КоличествоНовыхПисем', 'getNewEmailCount'],
      ['ПолучитьUidValidity', 'getUidValidity'],
      ['ПолучитьПисьмо', 'getEmail'],
      ['ПолучитьПисьма', 'getEmails'],
      ['ПолучитьНепрочитанныеПисьма', 'getUnreadEmails'],
      ['ПолучитьЗаголовкиПисем', 'getEmailHeaders'],
      ['ПолучитьЗаголовкиНепрочитанныхПисем', 'getUnreadEmailHeaders'],
      ['НайтиПисьмоПоUid', 'findEmailByUid'],
      ['НайтиПисьмаПоUid', 'findEmailsByUid'],
      ['НайтиЗаголовкиПисьмаПоUid', 'findEmailHeadersByUid'],
      ['НайтиЗаголовкиПисемПоUid', 'findAllEmailHeadersByUid'],
      ['ДобавитьПисьма', 'addEmails'],
      ['СкопироватьПисьма', 'copyEmails'],
      ['ПереместитьПисьма', 'moveEmails'],
      ['УстановитьФлагиПоUid', 'setFlagsByUid'],
      ['УстановитьФлагиПоИндексам', 'setFlagsByIndexes'],
      ['ОтметитьНаУдалениеПоUid', 'markForDeletionByUid'],
      ['ОтметитьНаУдалениеПоИндексам', 'markForDeletionByIndexes'],
      ['ОчиститьУдаленные', 'purgeDeleted'],
      ['ВСтроку', 'toString'],
    ],
  },
  {
    ru: 'ПисьмоВСоединенииImap',
    en: 'ImapConnectionEmail',
    members: [...EMAIL, ['Uid', 'uid'], ['Флаги', 'flags']],
  },
  {
    ru: 'ЗаголовкиПисьмаВСоединенииImap',
    en: 'ImapConnectionEmailHeaders',
    members: [...HEADERS, ['Uid', 'uid'], ['Флаги', 'flags']],
  },
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
