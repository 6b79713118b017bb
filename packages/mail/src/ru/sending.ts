import './argument-names.ts'
import type { Email } from '../model/email.ts'
import { EmailsSendingResult } from '../model/emails-sending-result.ts'
import type { SendingOptions } from '../model/send-emails.ts'
import { SmtpClient, type SmtpClientSingleton } from '../model/smtp-client.ts'
import type { SmtpConnectionParameters } from '../model/smtp-connection-parameters.ts'
import { nameClass, nameSingleton } from '../model/vocabulary.ts'
import type { ИсключениеОтправкиПочты } from './exceptions.ts'
import type { Письмо } from './letters.ts'

/** Что стало с одним из писем. */
export interface РезультатОтправкиПисем extends EmailsSendingResult {
  readonly Сообщение: Письмо
  /** Неопределено, если письмо принято для всех получателей. */
  readonly Исключение: ИсключениеОтправкиПочты | undefined
  /** Расширение. */
  readonly ИдСообщения: string | undefined
  Успешно(): boolean
}

interface КлассРезультатОтправкиПисем {
  readonly prototype: РезультатОтправкиПисем
  new (
    Сообщение: Письмо,
    итог: ConstructorParameters<typeof EmailsSendingResult>[1],
  ): РезультатОтправкиПисем
}

/** Как отправлять; всё это расширения. */
export interface ПараметрыОтправки extends SendingOptions {
  readonly СигналОтмены?: AbortSignal
  readonly ПриПродвижении?: SendingOptions['onProgress']
  readonly Журнал?: SendingOptions['log']
  /** Подписать письма: ключи даёт `readDkimKey` из `@obmen/mail/dkim`. */
  readonly КлючиDkim?: SendingOptions['dkim']
  /** О чём попросить серверы: уведомить о доставке, не передавать без TLS, доставить к сроку, с приоритетом. */
  readonly Доставка?: SendingOptions['delivery']
}

/** Отправляет письма по SMTP. */
export interface КлиентSmtp extends SmtpClientSingleton {
  /**
   * Отправляет одно письмо.
   *
   * @throws ИсключениеОтправкиПочты, если оно принято не для всех получателей.
   */
  Отправить(
    ПараметрыПодключения: SmtpConnectionParameters,
    Сообщение: Email,
    Параметры?: ПараметрыОтправки,
  ): Promise<void>
  /** Отправляет несколько писем одним соединением; ошибка одного не мешает другим. Результатов столько же, сколько писем, в том же порядке. */
  Отправить(
    ПараметрыПодключения: SmtpConnectionParameters,
    Сообщения: readonly Email[],
    Параметры?: ПараметрыОтправки,
  ): Promise<readonly РезультатОтправкиПисем[]>
}

export const РезультатОтправкиПисем: КлассРезультатОтправкиПисем = nameClass<
  КлассРезультатОтправкиПисем,
  typeof EmailsSendingResult
>(EmailsSendingResult, {
  statics: {},
  members: {
    Сообщение: 'message',
    Исключение: 'exception',
    ИдСообщения: 'messageId',
    Успешно: 'isSuccessful',
  },
})

export const КлиентSmtp: КлиентSmtp = nameSingleton<КлиентSmtp, SmtpClientSingleton>(SmtpClient, {
  Отправить: 'send',
})
