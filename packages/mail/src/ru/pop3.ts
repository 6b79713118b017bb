import './argument-names.ts'
import { Pop3Connection } from '../model/pop3-connection.ts'
import type { Pop3ConnectionParameters } from '../model/pop3-connection-parameters.ts'
import { nameClass } from '../model/vocabulary.ts'
import type {
  ЗаголовкиПисьмаВСоединении,
  АргументыСоединения,
  ПисьмоВСоединении,
} from './mailbox-letters.ts'

/** Почтовый ящик, который читают по POP3. Индексы от нуля, от старых писем к новым. */
export interface СоединениеPop3 extends Pop3Connection {
  readonly ОчищатьПриЗакрытииКаталога: boolean
  /** Подключиться, если это ещё не сделано. Расширение. */
  Подключить(): Promise<this>
  /** Закрыть соединение и, если задано, удалить помеченные письма. */
  Закрыть(): Promise<void>
  Подключено(): boolean
  /** Сколько писем было при подключении. */
  КоличествоПисем(): Promise<number>
  /** Заголовки всех писем, писем с этими индексами или от одного индекса до другого включительно. */
  ПолучитьЗаголовкиПисем(): Promise<readonly ЗаголовкиПисьмаВСоединении[]>
  ПолучитьЗаголовкиПисем(Индексы: readonly number[]): Promise<readonly ЗаголовкиПисьмаВСоединении[]>
  ПолучитьЗаголовкиПисем(
    НачальныйИндекс: number,
    ИндексКонца: number,
  ): Promise<readonly ЗаголовкиПисьмаВСоединении[]>
  /** Все письма, письма с этими индексами или от одного индекса до другого включительно. */
  ПолучитьПисьма(): Promise<readonly ПисьмоВСоединении[]>
  ПолучитьПисьма(Индексы: readonly number[]): Promise<readonly ПисьмоВСоединении[]>
  ПолучитьПисьма(
    НачальныйИндекс: number,
    ИндексКонца: number,
  ): Promise<readonly ПисьмоВСоединении[]>
  ПолучитьПисьмо(Индекс: number): Promise<ПисьмоВСоединении>
  /** Пометить на удаление или, если Установить = Ложь, снять пометку. Действует до закрытия соединения. */
  ПометитьНаУдаление(Индексы: readonly number[], ...прочее: [Установить?: boolean]): Promise<void>
}

interface КлассСоединениеPop3 {
  readonly prototype: СоединениеPop3
  /** Подключается, когда что-нибудь понадобится. */
  new (Параметры: Pop3ConnectionParameters, ...прочее: АргументыСоединения): СоединениеPop3
  /** Подключается сразу. Расширение: так делает конструктор в документации. */
  Подключить(
    Параметры: Pop3ConnectionParameters,
    ...прочее: АргументыСоединения
  ): Promise<СоединениеPop3>
}

export const СоединениеPop3: КлассСоединениеPop3 = nameClass<
  КлассСоединениеPop3,
  typeof Pop3Connection
>(Pop3Connection, {
  statics: { Подключить: 'connect' },
  members: {
    ОчищатьПриЗакрытииКаталога: 'purgeOnDirectoryClose',
    Подключить: 'connect',
    Закрыть: 'close',
    Подключено: 'isConnected',
    КоличествоПисем: 'getEmailCount',
    ПолучитьЗаголовкиПисем: 'getEmailHeaders',
    ПолучитьПисьма: 'getEmails',
    ПолучитьПисьмо: 'getEmail',
    ПометитьНаУдаление: 'markForDeletion',
  },
})
