import type { Secret } from '../base/secret.ts'
import type {
  Pop3AuthenticationMode,
  SmtpAuthenticationMode,
} from '../model/internet-mail/enumerations.ts'
import { InternetMailProfile } from '../model/internet-mail/internet-mail-profile.ts'
import type { SecureConnectionParameters } from '../model/secure-connection-parameters.ts'
import { nameClass } from '../model/vocabulary.ts'
import type { ПараметрыЗащищенногоСоединения, Секрет } from './connection.ts'
import type {
  СпособPOP3Аутентификации,
  СпособSMTPАутентификации,
} from './internet-mail-enumerations.ts'

/** Почтовые серверы пользователя и вход на них. Чей адрес пуст, тем не пользуются. */
export interface ИнтернетПочтовыйПрофиль extends InternetMailProfile {
  АдресСервераSMTP: string
  АдресСервераPOP3: string
  АдресСервераIMAP: string
  /** 0 — это 465 с SSL и 25 без него. */
  ПортSMTP: number
  /** 0 — это 995 с SSL и 110 без него. */
  ПортPOP3: number
  /** 0 — это 993 с SSL и 143 без него. */
  ПортIMAP: number
  /** TLS с самого начала. Если Ложь, он начинается по STARTTLS, прежде всего остального. */
  ИспользоватьSSLSMTP: boolean
  ИспользоватьSSLPOP3: boolean
  ИспользоватьSSLIMAP: boolean
  /** Для POP3. */
  Пользователь: string
  /** Для POP3. Прочитать его можно только как Секрет. */
  get Пароль(): Секрет
  set Пароль(Пароль: Secret | string)
  /** Если пусто, письма посылаются без входа. */
  ПользовательSMTP: string
  get ПарольSMTP(): Секрет
  set ПарольSMTP(Пароль: Secret | string)
  ПользовательIMAP: string
  get ПарольIMAP(): Секрет
  set ПарольIMAP(Пароль: Secret | string)
  get АутентификацияSMTP(): СпособSMTPАутентификации
  set АутентификацияSMTP(Способ: SmtpAuthenticationMode)
  get АутентификацияPOP3(): СпособPOP3Аутентификации
  set АутентификацияPOP3(Способ: Pop3AuthenticationMode)
  /** Только способы, при которых пароля не видит и сервер. */
  ТолькоЗащищеннаяАутентификацияSMTP: boolean
  ТолькоЗащищеннаяАутентификацияPOP3: boolean
  ТолькоЗащищеннаяАутентификацияIMAP: boolean
  /** В ящик вход всегда раньше отправки. */
  POP3ПередSMTP: boolean
  /** Сколько ждать сервера каждый раз, в секундах. */
  Таймаут: number
  /** Входить по OAuth 2.0. */
  АутентификацияПоТокену: boolean
  get ТокенДоступа(): Секрет
  set ТокенДоступа(Токен: Secret | string)
  /** Кому доверять в TLS. Расширение. */
  get ПараметрыЗащиты(): ПараметрыЗащищенногоСоединения | undefined
  set ПараметрыЗащиты(Параметры: SecureConnectionParameters | undefined)
  /** Если Ложь, то без SSL всё идёт открытым текстом. Расширение. */
  ТребоватьTLS: boolean
}

interface КлассИнтернетПочтовыйПрофиль {
  readonly prototype: ИнтернетПочтовыйПрофиль
  new (): ИнтернетПочтовыйПрофиль
}

export const ИнтернетПочтовыйПрофиль: КлассИнтернетПочтовыйПрофиль = nameClass<
  КлассИнтернетПочтовыйПрофиль,
  typeof InternetMailProfile
>(InternetMailProfile, {
  statics: {},
  members: {
    АдресСервераSMTP: 'smtpServerAddress',
    АдресСервераPOP3: 'pop3ServerAddress',
    АдресСервераIMAP: 'imapServerAddress',
    ПортSMTP: 'smtpPort',
    ПортPOP3: 'pop3Port',
    ПортIMAP: 'imapPort',
    ИспользоватьSSLSMTP: 'smtpUseSsl',
    ИспользоватьSSLPOP3: 'pop3UseSsl',
    ИспользоватьSSLIMAP: 'imapUseSsl',
    Пользователь: 'user',
    Пароль: 'password',
    ПользовательSMTP: 'smtpUser',
    ПарольSMTP: 'smtpPassword',
    ПользовательIMAP: 'imapUser',
    ПарольIMAP: 'imapPassword',
    АутентификацияSMTP: 'smtpAuthentication',
    АутентификацияPOP3: 'pop3Authentication',
    ТолькоЗащищеннаяАутентификацияSMTP: 'smtpSecureAuthenticationOnly',
    ТолькоЗащищеннаяАутентификацияPOP3: 'pop3SecureAuthenticationOnly',
    ТолькоЗащищеннаяАутентификацияIMAP: 'imapSecureAuthenticationOnly',
    POP3ПередSMTP: 'pop3BeforeSmtp',
    Таймаут: 'timeout',
    АутентификацияПоТокену: 'tokenAuthentication',
    ТокенДоступа: 'accessToken',
    ПараметрыЗащиты: 'secureParameters',
    ТребоватьTLS: 'requireTls',
  },
})
