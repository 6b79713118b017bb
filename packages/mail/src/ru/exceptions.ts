import type { MailErrorCode } from '../base/mail-error.ts'
import type { RecipientOutcome } from '../smtp/envelope.ts'
import {
  EmailAddressException,
  EmailException,
  EmailSendingException,
  type SendingFailure,
} from '../model/email-exception.ts'
import { Exception, IllegalArgumentException, IllegalStateException } from '../model/exception.ts'
import { nameClass, type ClassWithoutConstructor, type Names } from '../model/vocabulary.ts'

/** То, что есть у каждого исключения. */
export interface ЧленыИсключения {
  /** Отличает это исключение от любого другого. */
  readonly Ид: string
  /** Что произошло. */
  readonly Описание: string
  /** Ошибка, из-за которой возникло исключение. */
  readonly Причина?: unknown
  readonly ПодавленныеИсключения: readonly unknown[]
  readonly ПоследовательностьВызовов: string
  /** Постоянный код ошибки. Расширение. */
  readonly Код: MailErrorCode
  /** Что делать. Расширение. */
  readonly Подсказка: string | undefined
  /** Может ли то же самое получиться позже. Расширение. */
  readonly Временное: boolean
  ВСтроку(): string
  /** Всё, что известно, в нескольких строках. */
  Информация(): string
}

/** Основа всех исключений. */
export interface Исключение extends Exception, ЧленыИсключения {}

/** Любая ошибка почты. */
export interface ИсключениеПочты extends EmailException, ЧленыИсключения {}

/** Текст не является адресом. */
export interface ИсключениеАдресаПочты extends EmailAddressException, ЧленыИсключения {}

/** Письмо принято не для всех получателей. */
export interface ИсключениеОтправкиПочты extends EmailSendingException, ЧленыИсключения {
  /** Расширение: `'failed'` ничего не отправлено, `'refused'` отказано всем, `'partial'` отказано части, `'unknown'` письмо могло дойти. */
  readonly Исход: SendingFailure
  /** Расширение. */
  readonly ИдСообщения: string | undefined
  /** Что сервер ответил о каждом получателе. Расширение. */
  readonly ИтогиПоПолучателям: readonly RecipientOutcome[]
  /** Для кого письмо не принято. Расширение. */
  readonly ОтклоненныеПолучатели: readonly string[]
  /** Код первого отказа, например 550. Расширение. */
  readonly КодSmtp: number | undefined
  /** Расширенный код первого отказа, например `5.1.1`. Расширение. */
  readonly РасширенныйКод: string | undefined
  /** Слова первого отказа. Расширение. */
  readonly ОтветСервера: string | undefined
}

/** Недопустимое значение. */
export interface ИсключениеНедопустимыйАргумент extends IllegalArgumentException, ЧленыИсключения {}

/** Сейчас объект этого не может. */
export interface ИсключениеНедопустимоеСостояние extends IllegalStateException, ЧленыИсключения {}

interface СЧетырьмяКонструкторами<Объект> {
  readonly prototype: Объект
  new (): Объект
  new (Описание: string): Объект
  new (Причина: Error): Объект
  new (Описание: string, Причина: unknown): Объект
}

export const ЧЛЕНЫ_ИСКЛЮЧЕНИЯ: Names<Исключение, Exception> = {
  Ид: 'id',
  Описание: 'description',
  Причина: 'cause',
  ПодавленныеИсключения: 'suppressedExceptions',
  ПоследовательностьВызовов: 'callSequence',
  Код: 'code',
  Подсказка: 'hint',
  Временное: 'transient',
  ВСтроку: 'toString',
  Информация: 'info',
}

export const Исключение: ClassWithoutConstructor<Исключение> = nameClass<
  ClassWithoutConstructor<Исключение>,
  typeof Exception
>(Exception, { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ })

export const ИсключениеПочты: ClassWithoutConstructor<ИсключениеПочты> = nameClass<
  ClassWithoutConstructor<ИсключениеПочты>,
  typeof EmailException
>(EmailException, { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ })

export const ИсключениеАдресаПочты: ClassWithoutConstructor<ИсключениеАдресаПочты> = nameClass<
  ClassWithoutConstructor<ИсключениеАдресаПочты>,
  typeof EmailAddressException
>(EmailAddressException, { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ })

export const ИсключениеОтправкиПочты: ClassWithoutConstructor<ИсключениеОтправкиПочты> = nameClass<
  ClassWithoutConstructor<ИсключениеОтправкиПочты>,
  typeof EmailSendingException
>(EmailSendingException, {
  statics: {},
  members: {
    ...ЧЛЕНЫ_ИСКЛЮЧЕНИЯ,
    Исход: 'outcome',
    ИдСообщения: 'messageId',
    ИтогиПоПолучателям: 'recipients',
    ОтклоненныеПолучатели: 'rejectedRecipients',
    КодSmtp: 'smtpCode',
    РасширенныйКод: 'enhancedCode',
    ОтветСервера: 'response',
  },
})

export const ИсключениеНедопустимыйАргумент: СЧетырьмяКонструкторами<ИсключениеНедопустимыйАргумент> =
  nameClass<
    СЧетырьмяКонструкторами<ИсключениеНедопустимыйАргумент>,
    typeof IllegalArgumentException
  >(IllegalArgumentException, { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ })

export const ИсключениеНедопустимоеСостояние: СЧетырьмяКонструкторами<ИсключениеНедопустимоеСостояние> =
  nameClass<СЧетырьмяКонструкторами<ИсключениеНедопустимоеСостояние>, typeof IllegalStateException>(
    IllegalStateException,
    { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ },
  )
