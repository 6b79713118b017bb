import { ConnectionEmail, ConnectionEmailHeaders } from '../model/connection-email.ts'
import { ImapConnectionEmail, ImapConnectionEmailHeaders } from '../model/imap-connection-email.ts'
import type { MailboxOptions } from '../model/lazy-session.ts'
import { nameClass, type ClassWithoutConstructor } from '../model/vocabulary.ts'
import type { ЗаголовкиПисьма, Письмо } from './letters.ts'
import type { ФлагПисьма } from './mailbox-enumerations.ts'

/** Чем дополнить соединение; всё это расширения. */
export interface ПараметрыСоединения extends MailboxOptions {
  readonly СигналОтмены?: AbortSignal
  readonly Журнал?: MailboxOptions['log']
}

/** То, что стоит после параметров подключения. Параметры соединения — расширение. */
export type АргументыСоединения = [
  ОчищатьПриЗакрытииКаталога?: boolean,
  прочее?: ПараметрыСоединения,
]

/** То, что есть у каждого письма в ящике. */
export interface ЧленыПисьмаВСоединении {
  /** Место среди писем, от нуля: чем старше письмо, тем меньше. */
  readonly Индекс: number
  /** Было ли письмо помечено на удаление, когда его прочитали. */
  readonly НаУдаление: boolean
  readonly Письмо: Письмо
  ВСтроку(): string
}

/** То, что есть у заголовков каждого письма в ящике. */
export interface ЧленыЗаголовковВСоединении {
  readonly Заголовки: ЗаголовкиПисьма
  /** Место среди писем, от нуля: чем старше письмо, тем меньше. */
  readonly Индекс: number
  ВСтроку(): string
}

/** Письмо в почтовом ящике. */
export interface ПисьмоВСоединении extends ConnectionEmail, ЧленыПисьмаВСоединении {}

/** Заголовки письма в почтовом ящике. */
export interface ЗаголовкиПисьмаВСоединении
  extends ConnectionEmailHeaders, ЧленыЗаголовковВСоединении {}

/** То, что в каталоге IMAP есть у письма и у его заголовков. */
export interface ЧленыПисьмаВКаталоге {
  /** Отличает письмо от других в каталоге, пока не изменилось то, что возвращает ПолучитьUidValidity. */
  readonly Uid: number
  /** Чем письмо было помечено, когда его прочитали. */
  readonly Флаги: readonly ФлагПисьма[]
  /** Пометки, для которых нет флага, например `$Junk`. Расширение. */
  readonly КлючевыеСлова: readonly string[]
}

/** Письмо в каталоге IMAP. */
export interface ПисьмоВСоединенииImap
  extends ImapConnectionEmail, ЧленыПисьмаВСоединении, ЧленыПисьмаВКаталоге {}

/** Заголовки письма в каталоге IMAP. */
export interface ЗаголовкиПисьмаВСоединенииImap
  extends ImapConnectionEmailHeaders, ЧленыЗаголовковВСоединении, ЧленыПисьмаВКаталоге {}

const ЧЛЕНЫ_ПИСЬМА = {
  Индекс: 'index',
  НаУдаление: 'markedForDeletion',
  Письмо: 'email',
  ВСтроку: 'toString',
} as const

const ЧЛЕНЫ_ЗАГОЛОВКОВ = { Заголовки: 'headers', Индекс: 'index', ВСтроку: 'toString' } as const

const ЧЛЕНЫ_В_КАТАЛОГЕ = { Uid: 'uid', Флаги: 'flags', КлючевыеСлова: 'keywords' } as const

export const ПисьмоВСоединении: ClassWithoutConstructor<ПисьмоВСоединении> = nameClass<
  ClassWithoutConstructor<ПисьмоВСоединении>,
  typeof ConnectionEmail
>(ConnectionEmail, { statics: {}, members: ЧЛЕНЫ_ПИСЬМА })

export const ЗаголовкиПисьмаВСоединении: ClassWithoutConstructor<ЗаголовкиПисьмаВСоединении> =
  nameClass<ClassWithoutConstructor<ЗаголовкиПисьмаВСоединении>, typeof ConnectionEmailHeaders>(
    ConnectionEmailHeaders,
    { statics: {}, members: ЧЛЕНЫ_ЗАГОЛОВКОВ },
  )

export const ПисьмоВСоединенииImap: ClassWithoutConstructor<ПисьмоВСоединенииImap> = nameClass<
  ClassWithoutConstructor<ПисьмоВСоединенииImap>,
  typeof ImapConnectionEmail
>(ImapConnectionEmail, { statics: {}, members: { ...ЧЛЕНЫ_ПИСЬМА, ...ЧЛЕНЫ_В_КАТАЛОГЕ } })

export const ЗаголовкиПисьмаВСоединенииImap: ClassWithoutConstructor<ЗаголовкиПисьмаВСоединенииImap> =
  nameClass<
    ClassWithoutConstructor<ЗаголовкиПисьмаВСоединенииImap>,
    typeof ImapConnectionEmailHeaders
  >(ImapConnectionEmailHeaders, {
    statics: {},
    members: { ...ЧЛЕНЫ_ЗАГОЛОВКОВ, ...ЧЛЕНЫ_В_КАТАЛОГЕ },
  })
