import './argument-names.ts'
import { Secret } from '../base/secret.ts'
import type { PasswordMechanismName, TokenMechanismName } from '../sasl/mechanism.ts'
import type { Duration } from '../model/duration.ts'
import {
  AnonymousEmailAuthentication,
  EmailAuthentication,
  ExternalEmailAuthentication,
  OAuth2EmailAuthentication,
  PasswordEmailAuthentication,
} from '../model/email-authentication.ts'
import { EmailConnectionParameters } from '../model/email-connection-parameters.ts'
import { ImapConnectionParameters } from '../model/imap-connection-parameters.ts'
import { Pop3ConnectionParameters } from '../model/pop3-connection-parameters.ts'
import { SecureConnectionParameters } from '../model/secure-connection-parameters.ts'
import { SmtpConnectionParameters } from '../model/smtp-connection-parameters.ts'
import { nameClass, type ClassWithoutConstructor, type Names } from '../model/vocabulary.ts'
import type { ClientCertificate } from '../net/mail-server.ts'
import type { ProxyServer } from '../net/proxy-server.ts'
import type { TokenProvider } from '../net/token-source.ts'

/** Отрезок времени: миллисекунды или его части. */
export type Длительность =
  | Duration
  | {
      readonly Часы?: number
      readonly Минуты?: number
      readonly Секунды?: number
      readonly Миллисекунды?: number
    }

/** Пароль или ключ, который нигде не показывается. */
export interface Секрет extends Secret {
  /** Сам текст. */
  Раскрыть(): string
}

interface КлассСекрет {
  readonly prototype: Секрет
  new (Текст: string): Секрет
}

/** Кем представиться почтовому серверу. */
export interface АутентификацияПочты extends EmailAuthentication {}

/** Имя и пароль. Пароль прочитать нельзя. */
export interface АутентификацияПочтыПоПаролю extends PasswordEmailAuthentication {
  readonly Пользователь: string
}

interface КлассАутентификацияПочтыПоПаролю {
  readonly prototype: АутентификацияПочтыПоПаролю
  new (Пользователь: string, Пароль: Secret | string): АутентификацияПочтыПоПаролю
  new (аргументы: {
    readonly Пользователь: string
    readonly Пароль: Secret | string
    /** Расширение: только этот механизм SASL. */
    readonly Механизм?: PasswordMechanismName
  }): АутентификацияПочтыПоПаролю
}

/** Никто в отдельности (механизм ANONYMOUS). Расширение. */
export interface АнонимнаяАутентификацияПочты extends AnonymousEmailAuthentication {
  /** Слово для журнала сервера. */
  readonly След: string | undefined
}

interface КлассАнонимнаяАутентификацияПочты {
  readonly prototype: АнонимнаяАутентификацияПочты
  new (След?: string): АнонимнаяАутентификацияПочты
}

/** Имя и токен OAuth 2.0. Расширение. */
export interface АутентификацияПочтыOAuth2 extends OAuth2EmailAuthentication {
  readonly Пользователь: string
}

interface КлассАутентификацияПочтыOAuth2 {
  readonly prototype: АутентификацияПочтыOAuth2
  new (Пользователь: string, Токен: Secret | string | TokenProvider): АутентификацияПочтыOAuth2
  new (аргументы: {
    readonly Пользователь: string
    readonly Токен: Secret | string | TokenProvider
    readonly Механизм?: TokenMechanismName
  }): АутентификацияПочтыOAuth2
}

/** Тот, кого называет сертификат клиента (механизм EXTERNAL). Расширение. */
export interface АутентификацияПочтыПоСертификату extends ExternalEmailAuthentication {
  /** От чьего имени действовать. */
  readonly ИдАвторизации: string | undefined
}

interface КлассАутентификацияПочтыПоСертификату {
  readonly prototype: АутентификацияПочтыПоСертификату
  new (ИдАвторизации?: string): АутентификацияПочтыПоСертификату
}

/** Кому доверять в защищённом соединении и что предъявлять. */
export interface ПараметрыЗащищенногоСоединения extends SecureConnectionParameters {
  readonly ХранилищеСертификатов: string | readonly string[] | undefined
  readonly ХранилищеКлючей: ClientCertificate | undefined
  /** Всегда Ложь: сертификаты проверяются всегда. */
  БезПроверкиСертификатов: boolean
}

interface КлассПараметрыЗащищенногоСоединения {
  readonly prototype: ПараметрыЗащищенногоСоединения
  new (
    ХранилищеСертификатов?: string | readonly string[],
    ХранилищеКлючей?: ClientCertificate,
    ПарольХранилищаКлючей?: Secret | string,
  ): ПараметрыЗащищенногоСоединения
  new (аргументы: {
    readonly ХранилищеСертификатов?: string | readonly string[]
    readonly ХранилищеКлючей?: ClientCertificate
    readonly ПарольХранилищаКлючей?: Secret | string
  }): ПараметрыЗащищенногоСоединения
}

/** То, что есть у параметров подключения по любому протоколу. */
export interface ЧленыПараметровПодключения {
  /** Неопределено: без входа. */
  Аутентификация: EmailAuthentication | undefined
  /** Шифровать соединение с самого начала. Если не задано, зависит от порта: 465, 993, 995. */
  ИспользоватьSsl: boolean
  /** Иначе шифровать командой STARTTLS, причём обязательно. Если выключено и это, и ИспользоватьSsl, всё идёт открытым текстом. */
  РазрешитьStartTls: boolean
  /** От 1 до 65535. */
  Порт: number
  Сервер: string
  /** Миллисекунды; по умолчанию 60 секунд, 0 — сроки RFC 5321. */
  get ТаймаутПередачиДанных(): number
  set ТаймаутПередачиДанных(Значение: Длительность)
  /** Миллисекунды; по умолчанию 30 секунд. */
  get ТаймаутСоединения(): number
  set ТаймаутСоединения(Значение: Длительность)
  /** Для SMTP это расширение. */
  ПараметрыЗащиты: SecureConnectionParameters | undefined
  /** Имя, которое должно стоять в сертификате сервера; по умолчанию Сервер. Расширение. */
  ИмяВСертификате: string | undefined
  /** Какие ключи может иметь сертификат сервера: `sha256/…` (RFC 7469). Расширение. */
  ОтпечаткиКлючей: readonly string[] | undefined
  /** Через какой прокси (SOCKS5 или HTTP CONNECT) соединяться; по умолчанию напрямую. Расширение. */
  Прокси: ProxyServer | undefined
}

/** Почтовый сервер, и кем ему представиться. */
export interface ПараметрыПодключенияПочты
  extends EmailConnectionParameters, ЧленыПараметровПодключения {}
/** Сервер SMTP. */
export interface ПараметрыПодключенияSmtp
  extends SmtpConnectionParameters, ЧленыПараметровПодключения {}
/** Сервер IMAP. */
export interface ПараметрыПодключенияImap
  extends ImapConnectionParameters, ЧленыПараметровПодключения {}
/** Сервер POP3. */
export interface ПараметрыПодключенияPop3
  extends Pop3ConnectionParameters, ЧленыПараметровПодключения {}

/** Параметры подключения по именам. */
export interface АргументыПодключения {
  readonly Сервер: string
  readonly Порт?: number
  readonly Аутентификация?: EmailAuthentication | undefined
  readonly ИспользоватьSsl?: boolean
  readonly РазрешитьStartTls?: boolean
  readonly ТаймаутПередачиДанных?: Длительность
  readonly ТаймаутСоединения?: Длительность
  readonly ПараметрыЗащиты?: SecureConnectionParameters | undefined
  readonly ИмяВСертификате?: string | undefined
  readonly ОтпечаткиКлючей?: readonly string[] | undefined
  readonly Прокси?: ProxyServer | undefined
}

interface КлассПараметрыПодключенияSmtp {
  readonly prototype: ПараметрыПодключенияSmtp
  /** Порт по умолчанию 465. */
  new (
    Сервер: string,
    Порт?: number,
    Аутентификация?: EmailAuthentication,
  ): ПараметрыПодключенияSmtp
  new (аргументы: АргументыПодключения): ПараметрыПодключенияSmtp
}

interface КлассПараметрыПодключенияЯщика<Объект> {
  readonly prototype: Объект
  /** Порт по умолчанию 993 для IMAP, 995 для POP3. */
  new (
    Сервер: string,
    Порт?: number,
    ...прочее: [Аутентификация?: EmailAuthentication, ПараметрыЗащиты?: SecureConnectionParameters]
  ): Объект
  new (аргументы: АргументыПодключения): Объект
}

const ЧЛЕНЫ_ПАРАМЕТРОВ_ПОДКЛЮЧЕНИЯ = {
  Аутентификация: 'authentication',
  ИспользоватьSsl: 'useSsl',
  РазрешитьStartTls: 'allowStartTls',
  Порт: 'port',
  Сервер: 'server',
  ТаймаутПередачиДанных: 'dataTransferTimeout',
  ТаймаутСоединения: 'connectionTimeout',
  ПараметрыЗащиты: 'secureParameters',
  ИмяВСертификате: 'servername',
  ОтпечаткиКлючей: 'pins',
  Прокси: 'proxy',
} as const satisfies Names<ПараметрыПодключенияПочты, EmailConnectionParameters>

export const Секрет: КлассСекрет = nameClass<КлассСекрет, typeof Secret>(Secret, {
  statics: {},
  members: { Раскрыть: 'reveal' },
})

export const АутентификацияПочты: ClassWithoutConstructor<АутентификацияПочты> = EmailAuthentication

export const АутентификацияПочтыПоПаролю: КлассАутентификацияПочтыПоПаролю = nameClass<
  КлассАутентификацияПочтыПоПаролю,
  typeof PasswordEmailAuthentication
>(PasswordEmailAuthentication, { statics: {}, members: { Пользователь: 'user' } })

export const АнонимнаяАутентификацияПочты: КлассАнонимнаяАутентификацияПочты = nameClass<
  КлассАнонимнаяАутентификацияПочты,
  typeof AnonymousEmailAuthentication
>(AnonymousEmailAuthentication, { statics: {}, members: { След: 'trace' } })

export const АутентификацияПочтыOAuth2: КлассАутентификацияПочтыOAuth2 = nameClass<
  КлассАутентификацияПочтыOAuth2,
  typeof OAuth2EmailAuthentication
>(OAuth2EmailAuthentication, { statics: {}, members: { Пользователь: 'user' } })

export const АутентификацияПочтыПоСертификату: КлассАутентификацияПочтыПоСертификату = nameClass<
  КлассАутентификацияПочтыПоСертификату,
  typeof ExternalEmailAuthentication
>(ExternalEmailAuthentication, { statics: {}, members: { ИдАвторизации: 'authorizationId' } })

export const ПараметрыЗащищенногоСоединения: КлассПараметрыЗащищенногоСоединения = nameClass<
  КлассПараметрыЗащищенногоСоединения,
  typeof SecureConnectionParameters
>(SecureConnectionParameters, {
  statics: {},
  members: {
    ХранилищеСертификатов: 'certificateStore',
    ХранилищеКлючей: 'keyStore',
    БезПроверкиСертификатов: 'withoutCertificateVerification',
  },
})

export const ПараметрыПодключенияПочты: ClassWithoutConstructor<ПараметрыПодключенияПочты> =
  nameClass<ClassWithoutConstructor<ПараметрыПодключенияПочты>, typeof EmailConnectionParameters>(
    EmailConnectionParameters,
    { statics: {}, members: ЧЛЕНЫ_ПАРАМЕТРОВ_ПОДКЛЮЧЕНИЯ },
  )

export const ПараметрыПодключенияSmtp: КлассПараметрыПодключенияSmtp = nameClass<
  КлассПараметрыПодключенияSmtp,
  typeof SmtpConnectionParameters
>(SmtpConnectionParameters, { statics: {}, members: ЧЛЕНЫ_ПАРАМЕТРОВ_ПОДКЛЮЧЕНИЯ })

export const ПараметрыПодключенияImap: КлассПараметрыПодключенияЯщика<ПараметрыПодключенияImap> =
  nameClass<
    КлассПараметрыПодключенияЯщика<ПараметрыПодключенияImap>,
    typeof ImapConnectionParameters
  >(ImapConnectionParameters, { statics: {}, members: ЧЛЕНЫ_ПАРАМЕТРОВ_ПОДКЛЮЧЕНИЯ })

export const ПараметрыПодключенияPop3: КлассПараметрыПодключенияЯщика<ПараметрыПодключенияPop3> =
  nameClass<
    КлассПараметрыПодключенияЯщика<ПараметрыПодключенияPop3>,
    typeof Pop3ConnectionParameters
  >(Pop3ConnectionParameters, { statics: {}, members: ЧЛЕНЫ_ПАРАМЕТРОВ_ПОДКЛЮЧЕНИЯ })
