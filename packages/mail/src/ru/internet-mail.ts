import './argument-names.ts'
import type {
  InternetMailProtocol,
  InternetMailTextProcessing,
} from '../model/internet-mail/enumerations.ts'
import type { InternetMailFilter } from '../model/internet-mail/filter.ts'
import type { InternetMailMessageFlags } from '../model/internet-mail/flags.ts'
import type { InternetMailMessage } from '../model/internet-mail/internet-mail-message.ts'
import type { InternetMailProfile } from '../model/internet-mail/internet-mail-profile.ts'
import { InternetMail } from '../model/internet-mail/internet-mail.ts'
import type { MessageReference } from '../model/internet-mail/mail-receiver.ts'
import { nameClass } from '../model/vocabulary.ts'
import type { ИнтернетПочтовоеСообщение } from './internet-mail-message.ts'
import type { ИсключениеПочтовогоЯщика } from './mailbox-exceptions.ts'
import type { ПараметрыСоединения } from './mailbox-letters.ts'

/** Каким должно быть письмо: верным должно быть всё, что сказано. Тексты ищутся внутри полей без учёта регистра, дни — без времени. */
export interface ОтборПисем extends InternetMailFilter {
  readonly ОтправленОтвет?: boolean
  readonly Недавние?: boolean
  readonly СлепыеКопии?: string
  readonly Копии?: string
  readonly Получатели?: string
  readonly Отправитель?: string
  readonly Тема?: string
  /** Где угодно: и в тексте, и в заголовках. */
  readonly Текст?: string
  readonly ТелоСообщения?: string
  /** Что сказано в заголовке Date. */
  readonly ДатаОтправления?: Date
  readonly ДоДатыОтправления?: Date
  /** В этот день или позже. */
  readonly ПослеДатыОтправления?: Date
  readonly Удаленные?: boolean
  readonly УстановленФлаг?: boolean
  readonly Прочитанные?: boolean
  /** Недавние и непрочитанные. */
  readonly Новые?: boolean
}

/** Чем пометить письмо; о чём не сказано, то останется как есть. */
export interface ФлагиСообщения extends InternetMailMessageFlags {
  readonly ОтправленОтвет?: boolean
  readonly Удаленные?: boolean
  readonly Черновик?: boolean
  readonly УстановленФлаг?: boolean
  readonly Прочитанные?: boolean
}

/** Посылает письма, читает и удаляет письма почтового ящика. */
export interface ИнтернетПочта extends InternetMail {
  /** К серверу для отправки подключается первое письмо. Параметры соединения — расширение. */
  Подключиться(
    Профиль: InternetMailProfile,
    Протокол?: InternetMailProtocol,
    прочее?: ПараметрыСоединения,
  ): Promise<void>
  /** Письма, удалённые по POP3, удаляются теперь. */
  Отключиться(): Promise<void>
  /** Возвращает тех получателей, для кого письмо не приняли, и слова сервера. */
  Послать(
    Сообщение: InternetMailMessage,
    ОбработкаТекста?: InternetMailTextProcessing,
    Протокол?: InternetMailProtocol,
  ): Promise<ReadonlyMap<string, string>>
  /** Если не сказано другое, письма остаются на сервере и непрочитанными. */
  Выбрать(
    ...прочее: [
      УдалятьПослеВыбора?: boolean,
      Сообщения?: readonly MessageReference[],
      ОтмечатьКакПрочитанные?: boolean,
    ]
  ): Promise<ИнтернетПочтовоеСообщение[]>
  /** Только заголовки, без текстов и вложений. */
  ПолучитьЗаголовки(Отбор?: ОтборПисем): Promise<ИнтернетПочтовоеСообщение[]>
  /** Идентификаторы писем, кроме известных. Если сервер POP3 не знает UIDL, они верны до конца соединения. */
  ПолучитьИдентификаторы(Известные?: readonly string[], Отбор?: ОтборПисем): Promise<string[]>
  ПолучитьКоличествоСообщений(): Promise<number>
  /** По POP3 письма удаляет Отключиться, по IMAP они помечаются, и удаляет их ОчиститьУдаленныеСообщения. */
  УдалитьСообщения(Сообщения: readonly MessageReference[]): Promise<void>
  ОтменитьУдалениеСообщений(Сообщения: readonly MessageReference[]): Promise<void>
  ОчиститьУдаленныеСообщения(): Promise<void>
  УстановитьФлагиСообщений(Флаги: ReadonlyMap<MessageReference, ФлагиСообщения>): Promise<void>
  ПолучитьПочтовыеЯщики(): Promise<string[]>
  ПолучитьПочтовыеЯщикиПоПодписке(): Promise<string[]>
  ПодписатьсяНаПочтовыйЯщик(Имя: string): Promise<void>
  ОтменитьПодпискуНаПочтовыйЯщик(Имя: string): Promise<void>
  СоздатьПочтовыйЯщик(Имя: string): Promise<void>
  УдалитьПочтовыйЯщик(Имя: string): Promise<void>
  ПереименоватьПочтовыйЯщик(Имя: string, НовоеИмя: string): Promise<void>
  /** Пустая строка — Входящие. */
  ТекущийПочтовыйЯщик: string
  readonly СимволРазделитель: Promise<string>
  /** Что сервер не отдал в последний раз, по идентификаторам, и почему: остальное выбрано. Расширение. */
  readonly НеполученныеСообщения: ReadonlyMap<string, ИсключениеПочтовогоЯщика>
}

interface КлассИнтернетПочта {
  readonly prototype: ИнтернетПочта
  new (): ИнтернетПочта
}

export const ИнтернетПочта: КлассИнтернетПочта = nameClass<КлассИнтернетПочта, typeof InternetMail>(
  InternetMail,
  {
    statics: {},
    members: {
      Подключиться: 'logon',
      Отключиться: 'logoff',
      Послать: 'send',
      Выбрать: 'get',
      ПолучитьЗаголовки: 'getHeaders',
      ПолучитьИдентификаторы: 'getUidl',
      ПолучитьКоличествоСообщений: 'getMessageCount',
      УдалитьСообщения: 'deleteMessages',
      ОтменитьУдалениеСообщений: 'undeleteMessages',
      ОчиститьУдаленныеСообщения: 'clearDeletedMessages',
      УстановитьФлагиСообщений: 'setMessagesFlags',
      ПолучитьПочтовыеЯщики: 'getMailBoxes',
      ПолучитьПочтовыеЯщикиПоПодписке: 'getMailBoxesBySubscription',
      ПодписатьсяНаПочтовыйЯщик: 'subscribeToMailbox',
      ОтменитьПодпискуНаПочтовыйЯщик: 'unsubscribeFromMailbox',
      СоздатьПочтовыйЯщик: 'createMailbox',
      УдалитьПочтовыйЯщик: 'deleteMailbox',
      ПереименоватьПочтовыйЯщик: 'renameMailbox',
      ТекущийПочтовыйЯщик: 'currentMailbox',
      СимволРазделитель: 'delimiterChar',
      НеполученныеСообщения: 'refusedMessages',
    },
  },
)
