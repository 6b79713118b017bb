import './argument-names.ts'
import type { SearchCriteria } from '../imap/search.ts'
import type { EmailDirectoryKind } from '../model/email-directory-kind.ts'
import type { EmailFlag } from '../model/email-flag.ts'
import type { Email } from '../model/email.ts'
import type { ImapConnectionParameters } from '../model/imap-connection-parameters.ts'
import { ImapConnection } from '../model/imap-connection.ts'
import { ImapDirectoryCounts } from '../model/imap-directory-counts.ts'
import type { ImapDirectoryOpenMode } from '../model/imap-directory-open-mode.ts'
import { ImapEmailDirectory } from '../model/imap-email-directory.ts'
import { nameClass, type ClassWithoutConstructor } from '../model/vocabulary.ts'
import type { РежимОткрытияКаталогаImap } from './mailbox-enumerations.ts'
import type {
  ЗаголовкиПисьмаВСоединенииImap,
  АргументыСоединения,
  ПисьмоВСоединенииImap,
} from './mailbox-letters.ts'

/** Почтовый ящик с каталогами, с которым работают по IMAP. */
export interface СоединениеImap extends ImapConnection {
  readonly ОчищатьПриЗакрытииКаталога: boolean
  /** Подключиться, если это ещё не сделано. Расширение. */
  Подключить(): Promise<this>
  /** Закрыть все каталоги и соединение. */
  Закрыть(): Promise<void>
  Подключено(): boolean
  /** Каталог по полному пути или по назначению. На сервере его может не быть: это говорит Существует(). */
  ПолучитьКаталог(Имя: EmailDirectoryKind | string): Promise<КаталогПочтыImap | undefined>
  /** Каталог, в котором лежат все остальные. */
  ПолучитьКаталогПоУмолчанию(): Promise<КаталогПочтыImap | undefined>
}

interface КлассСоединениеImap {
  readonly prototype: СоединениеImap
  /** Подключается, когда что-нибудь понадобится. */
  new (Параметры: ImapConnectionParameters, ...прочее: АргументыСоединения): СоединениеImap
  /** Подключается сразу. Расширение: так делает конструктор в документации. */
  Подключить(
    Параметры: ImapConnectionParameters,
    ...прочее: АргументыСоединения
  ): Promise<СоединениеImap>
}

/** Каким должно быть письмо: верным должно быть всё, что сказано. Тексты ищутся внутри полей без учёта регистра, дни — без времени. Расширение. */
export interface УсловияПоиска extends SearchCriteria {
  readonly Прочитанное?: boolean
  readonly Отвеченное?: boolean
  readonly Помеченное?: boolean
  readonly Удаленное?: boolean
  readonly Черновик?: boolean
  /** Например `$Junk`. */
  readonly КлючевоеСлово?: string
  readonly БезКлючевогоСлова?: string
  readonly От?: string
  readonly Кому?: string
  readonly Копия?: string
  readonly СкрытаяКопия?: string
  readonly Тема?: string
  readonly ТекстПисьма?: string
  /** Где угодно: и в тексте, и в заголовках. */
  readonly Текст?: string
  /** Заголовки по именам; пустая строка находит письма, где заголовок есть. */
  readonly Заголовки?: Readonly<Record<string, string>>
  /** Когда письмо получил сервер. */
  readonly ПолученоДо?: Date
  readonly Получено?: Date
  readonly ПолученоС?: Date
  /** Что сказано в заголовке Date. */
  readonly ОтправленоДо?: Date
  readonly Отправлено?: Date
  readonly ОтправленоС?: Date
  readonly БольшеБайтов?: number
  readonly МеньшеБайтов?: number
  readonly Кроме?: УсловияПоиска
  readonly ОдноИз?: readonly [УсловияПоиска, УсловияПоиска]
}

/** Сколько писем было в каталоге, когда его перечисляли. Расширение. */
export interface ЧислоПисемКаталогаImap extends ImapDirectoryCounts<ImapEmailDirectory> {
  readonly Каталог: КаталогПочтыImap
  readonly КоличествоПисем: number
  readonly КоличествоНепрочитанныхПисем: number
}

type Письма = Promise<readonly ПисьмоВСоединенииImap[]>
type Заголовки = Promise<readonly ЗаголовкиПисьмаВСоединенииImap[]>

/** Каталог на сервере IMAP. Индексы писем от нуля, от старых писем к новым; после очистки они другие, а Uid те же. */
export interface КаталогПочтыImap extends ImapEmailDirectory {
  readonly Имя: string
  /** Полный путь. */
  readonly Путь: string
  readonly Разделитель: string
  /** Неопределено у каталога по умолчанию. */
  readonly РодительскийКаталог: КаталогПочтыImap | undefined

  /** По умолчанию для чтения. Возвращает этот же каталог. */
  Открыть(РежимОткрытия?: ImapDirectoryOpenMode): Promise<this>
  Открыт(): boolean
  РежимОткрытия(): РежимОткрытияКаталогаImap
  /** Если каталог открыт для записи и соединение очищает, помеченные на удаление письма удаляются. */
  Закрыть(): Promise<void>
  Существует(): Promise<boolean>
  МожетСодержатьКаталоги(): Promise<boolean>
  МожетСодержатьПисьма(): Promise<boolean>
  СоздатьДляКаталогов(): Promise<boolean>
  СоздатьДляПисем(): Promise<boolean>
  /** Другое имя в том же родительском каталоге. Каталог должен быть закрыт. */
  ПереименоватьВ(Имя: string): Promise<boolean>
  /** Вместе с письмами. Каталог должен быть закрыт. */
  Удалить(): Promise<void>
  Подкаталоги(СоВсемПоддеревом?: boolean): Promise<readonly КаталогПочтыImap[]>
  /** Сколько писем в каждом подкаталоге: один запрос, если сервер считает, пока перечисляет. Расширение. */
  ПодсчитатьПисьмаПодкаталогов(
    СоВсемПоддеревом?: boolean,
  ): Promise<readonly ЧислоПисемКаталогаImap[]>
  ПолучитьДочернийКаталог(Имя: EmailDirectoryKind | string): Promise<КаталогПочтыImap | undefined>

  КоличествоПисем(): Promise<number>
  КоличествоНепрочитанныхПисем(): Promise<number>
  /** Сколько писем пришло с тех пор, как каталог открыт. */
  КоличествоНовыхПисем(): Promise<number>
  ПолучитьUidValidity(): Promise<number>
  ПолучитьПисьмо(Индекс: number): Promise<ПисьмоВСоединенииImap>
  /** Все письма, письма с этими индексами или от одного индекса до другого включительно. */
  ПолучитьПисьма(): Письма
  ПолучитьПисьма(Индексы: readonly number[]): Письма
  ПолучитьПисьма(ИндексНачала: number, ИндексКонца: number): Письма
  ПолучитьНепрочитанныеПисьма(): Письма
  /** Заголовки всех писем, писем с этими индексами или от одного индекса до другого включительно. */
  ПолучитьЗаголовкиПисем(): Заголовки
  ПолучитьЗаголовкиПисем(Индексы: readonly number[]): Заголовки
  ПолучитьЗаголовкиПисем(ИндексНачала: number, ИндексКонца: number): Заголовки
  ПолучитьЗаголовкиНепрочитанныхПисем(): Заголовки
  НайтиПисьмоПоUid(Uid: number): Promise<ПисьмоВСоединенииImap | undefined>
  /** Столько же, сколько Uid, в том же порядке; неопределено для тех, которых нет. */
  НайтиПисьмаПоUid(Uids: readonly number[]): Promise<readonly (ПисьмоВСоединенииImap | undefined)[]>
  НайтиЗаголовкиПисьмаПоUid(Uid: number): Promise<ЗаголовкиПисьмаВСоединенииImap | undefined>
  /** Столько же, сколько Uid, в том же порядке; неопределено для тех, которых нет. */
  НайтиЗаголовкиПисемПоUid(
    Uids: readonly number[],
  ): Promise<readonly (ЗаголовкиПисьмаВСоединенииImap | undefined)[]>
  /** Uid писем, которые подходят под условия. Расширение. */
  НайтиПисьма(Условия: УсловияПоиска): Promise<readonly number[]>
  /** Каталог может быть закрыт. Флаги — расширение. */
  ДобавитьПисьма(Письма: readonly Email[], Флаги?: readonly EmailFlag[]): Promise<void>
  /** Письма задаются их Uid. */
  СкопироватьПисьма(Письма: readonly number[], Каталог: ImapEmailDirectory): Promise<void>
  /** Письма задаются их Uid. */
  ПереместитьПисьма(Письма: readonly number[], Каталог: ImapEmailDirectory): Promise<void>
  УстановитьФлагиПоUid(
    Uids: readonly number[],
    Флаги: readonly EmailFlag[],
    ...прочее: [Установить?: boolean]
  ): Promise<void>
  УстановитьФлагиПоИндексам(
    Индексы: readonly number[],
    Флаги: readonly EmailFlag[],
    ...прочее: [Установить?: boolean]
  ): Promise<void>
  ОтметитьНаУдалениеПоUid(Uids: readonly number[], ...прочее: [Установить?: boolean]): Promise<void>
  ОтметитьНаУдалениеПоИндексам(
    Индексы: readonly number[],
    ...прочее: [Установить?: boolean]
  ): Promise<void>
  /** Удалить все письма, помеченные на удаление. */
  ОчиститьУдаленные(): Promise<void>
  ВСтроку(): string
}

export const СоединениеImap: КлассСоединениеImap = nameClass<
  КлассСоединениеImap,
  typeof ImapConnection
>(ImapConnection, {
  statics: { Подключить: 'connect' },
  members: {
    ОчищатьПриЗакрытииКаталога: 'purgeOnDirectoryClose',
    Подключить: 'connect',
    Закрыть: 'close',
    Подключено: 'isConnected',
    ПолучитьКаталог: 'getDirectory',
    ПолучитьКаталогПоУмолчанию: 'getDefaultDirectory',
  },
})

export const ЧислоПисемКаталогаImap: ClassWithoutConstructor<ЧислоПисемКаталогаImap> = nameClass<
  ClassWithoutConstructor<ЧислоПисемКаталогаImap>,
  ClassWithoutConstructor<ImapDirectoryCounts<ImapEmailDirectory>>
>(ImapDirectoryCounts, {
  statics: {},
  members: {
    Каталог: 'directory',
    КоличествоПисем: 'emailCount',
    КоличествоНепрочитанныхПисем: 'unreadEmailCount',
  },
})

export const КаталогПочтыImap: ClassWithoutConstructor<КаталогПочтыImap> = nameClass<
  ClassWithoutConstructor<КаталогПочтыImap>,
  typeof ImapEmailDirectory
>(ImapEmailDirectory, {
  statics: {},
  members: {
    Имя: 'name',
    Путь: 'path',
    Разделитель: 'delimiter',
    РодительскийКаталог: 'parentDirectory',
    Открыть: 'open',
    Открыт: 'isOpen',
    РежимОткрытия: 'getOpenMode',
    Закрыть: 'close',
    Существует: 'exists',
    МожетСодержатьКаталоги: 'canContainDirectories',
    МожетСодержатьПисьма: 'canContainEmails',
    СоздатьДляКаталогов: 'createForDirectories',
    СоздатьДляПисем: 'createForEmails',
    ПереименоватьВ: 'renameTo',
    Удалить: 'delete',
    Подкаталоги: 'getSubdirectories',
    ПодсчитатьПисьмаПодкаталогов: 'countSubdirectories',
    ПолучитьДочернийКаталог: 'getChildDirectory',
    КоличествоПисем: 'getEmailCount',
    КоличествоНепрочитанныхПисем: 'getUnreadEmailCount',
    КоличествоНовыхПисем: 'getNewEmailCount',
    ПолучитьUidValidity: 'getUidValidity',
    ПолучитьПисьмо: 'getEmail',
    ПолучитьПисьма: 'getEmails',
    ПолучитьНепрочитанныеПисьма: 'getUnreadEmails',
    ПолучитьЗаголовкиПисем: 'getEmailHeaders',
    ПолучитьЗаголовкиНепрочитанныхПисем: 'getUnreadEmailHeaders',
    НайтиПисьмоПоUid: 'findEmailByUid',
    НайтиПисьмаПоUid: 'findEmailsByUid',
    НайтиЗаголовкиПисьмаПоUid: 'findEmailHeadersByUid',
    НайтиЗаголовкиПисемПоUid: 'findAllEmailHeadersByUid',
    НайтиПисьма: 'search',
    ДобавитьПисьма: 'addEmails',
    СкопироватьПисьма: 'copyEmails',
    ПереместитьПисьма: 'moveEmails',
    УстановитьФлагиПоUid: 'setFlagsByUid',
    УстановитьФлагиПоИндексам: 'setFlagsByIndexes',
    ОтметитьНаУдалениеПоUid: 'markForDeletionByUid',
    ОтметитьНаУдалениеПоИндексам: 'markForDeletionByIndexes',
    ОчиститьУдаленные: 'purgeDeleted',
    ВСтроку: 'toString',
  },
})
