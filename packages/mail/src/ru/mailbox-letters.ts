import { ConnectionEmail, ConnectionEmailHeaders } from '../model/connection-email.ts'
import type { MailboxOptions } from '../model/lazy-session.ts'
import { nameClass, type ClassWithoutConstructor } from '../model/vocabulary.ts'
import type { ЗаголовкиПисьма, Письмо } from './letters.ts'

/** Чем дополнить соединение; всё это расширения. */
export interface ПараметрыСоединения extends MailboxOptions {
  readonly СигналОтмены?: AbortSignal
  readonly Журнал?: MailboxOptions['log']
}

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

export const ПисьмоВСоединении: ClassWithoutConstructor<ПисьмоВСоединении> = nameClass<
  ClassWithoutConstructor<ПисьмоВСоединении>,
  typeof ConnectionEmail
>(ConnectionEmail, {
  statics: {},
  members: {
    Индекс: 'index',
    НаУдаление: 'markedForDeletion',
    Письмо: 'email',
    ВСтроку: 'toString',
  },
})

export const ЗаголовкиПисьмаВСоединении: ClassWithoutConstructor<ЗаголовкиПисьмаВСоединении> =
  nameClass<ClassWithoutConstructor<ЗаголовкиПисьмаВСоединении>, typeof ConnectionEmailHeaders>(
    ConnectionEmailHeaders,
    { statics: {}, members: { Заголовки: 'headers', Индекс: 'index', ВСтроку: 'toString' } },
  )
