import { Secret } from '../../base/secret.ts'
import type { PasswordLoginName } from '../../sasl/mechanism.ts'
import type { EmailConnectionArguments } from '../email-connection-parameters.ts'
import { OAuth2EmailAuthentication, PasswordEmailAuthentication } from '../email-authentication.ts'
import type { EmailAuthentication } from '../email-authentication.ts'
import { IllegalArgumentException } from '../exception.ts'
import { ImapConnectionParameters } from '../imap-connection-parameters.ts'
import { Pop3ConnectionParameters } from '../pop3-connection-parameters.ts'
import { printAs } from '../print-as.ts'
import type { SecureConnectionParameters } from '../secure-connection-parameters.ts'
import { SmtpConnectionParameters } from '../smtp-connection-parameters.ts'
import { Pop3AuthenticationMode, SmtpAuthenticationMode } from './enumerations.ts'

/** As the platform has it. */
const TIMEOUT_SECONDS = 30
const MS_PER_SECOND = 1000

/** How one server is reached, out of the properties of a profile. */
interface ServerProfile {
  readonly server: string
  readonly port: number
  readonly usesSsl: boolean
  /** The ports where none is set. */
  readonly ports: { readonly ssl: number; readonly other: number }
  readonly authentication: EmailAuthentication | undefined
}

/** Who logs in, out of the properties of a profile. */
interface LoginProfile {
  readonly user: string
  readonly password: Secret
  readonly mechanism?: PasswordLoginName | undefined
  readonly isSecureOnly: boolean
}

/**
 * The mail servers of a user, and how to log in to them. What is empty is not used: without {@link smtpServerAddress} nothing can be sent.
 *
 * Connections are encrypted by TLS: from the beginning where SSL is to be used, by STARTTLS everywhere else. Certificates are verified. Passwords are written only: they show nowhere.
 *
 * @example
 * ```ts
 * import { InternetMailProfile } from '@obmen/mail/internet-mail'
 *
 * const profile = new InternetMailProfile()
 * profile.smtpServerAddress = 'smtp.example.org'
 * profile.smtpUseSsl = true
 * profile.smtpUser = 'exchange'
 * profile.smtpPassword = 'password'
 * profile.pop3ServerAddress = 'pop.example.org'
 * profile.pop3UseSsl = true
 * profile.user = 'exchange'
 * profile.password = 'password'
 * ```
 */
export class InternetMailProfile {
  #password = new Secret('')
  #smtpPassword = new Secret('')
  #imapPassword = new Secret('')
  #accessToken = new Secret('')

  smtpServerAddress = ''
  pop3ServerAddress = ''
  imapServerAddress = ''
  /** 0 stands for 465 with SSL, and for 25 without. */
  smtpPort = 0
  /** 0 stands for 995 with SSL, and for 110 without. */
  pop3Port = 0
  /** 0 stands for 993 with SSL, and for 143 without. */
  imapPort = 0
  /** Whether TLS begins with the first octet. Otherwise it begins by STARTTLS, before anything that matters. */
  smtpUseSsl = false
  pop3UseSsl = false
  imapUseSsl = false
  /** Who logs in by POP3. */
  user = ''
  /** Who logs in to send; nobody when it is empty. */
  smtpUser = ''
  imapUser = ''
  smtpAuthentication: SmtpAuthenticationMode = SmtpAuthenticationMode.Default
  pop3Authentication: Pop3AuthenticationMode = Pop3AuthenticationMode.General
  /** Use only mechanisms that show the password to nobody, not even to the server: SCRAM, DIGEST-MD5, CRAM-MD5. */
  smtpSecureAuthenticationOnly = false
  pop3SecureAuthenticationOnly = false
  imapSecureAuthenticationOnly = false
  /** The mailbox is logged in to before anything is sent in any case. */
  pop3BeforeSmtp = false
  /** How long the server is waited for each time, in seconds. */
  timeout: number = TIMEOUT_SECONDS
  /** Whether all log in with {@link accessToken}, by OAuth 2.0. */
  tokenAuthentication = false
  /** Whom to trust in TLS, and what to show there. An extension. */
  secureParameters: SecureConnectionParameters | undefined
  /** Without TLS nothing is sent: neither passwords nor letters. Set it to false, and what is not to use SSL goes in clear text. An extension. */
  requireTls = true

  /** The password for POP3. What is read of it is a {@link Secret}. */
  get password(): Secret {
    return this.#password
  }

  set password(password: Secret | string) {
    this.#password = toSecret(password)
  }

  get smtpPassword(): Secret {
    return this.#smtpPassword
  }

  set smtpPassword(password: Secret | string) {
    this.#smtpPassword = toSecret(password)
  }

  get imapPassword(): Secret {
    return this.#imapPassword
  }

  set imapPassword(password: Secret | string) {
    this.#imapPassword = toSecret(password)
  }

  get accessToken(): Secret {
    return this.#accessToken
  }

  set accessToken(token: Secret | string) {
    this.#accessToken = toSecret(token)
  }

  /** The server to send by as the other object model has it. @throws IllegalArgumentException when something of it can't be. */
  toSmtpParameters(): SmtpConnectionParameters {
    const mode = this.smtpAuthentication
    const isNobody = this.smtpUser === '' || mode === SmtpAuthenticationMode.None
    return new SmtpConnectionParameters(
      this.#parameters({
        server: this.smtpServerAddress,
        port: this.smtpPort,
        usesSsl: this.smtpUseSsl,
        ports: { ssl: 465, other: 25 },
        authentication: isNobody
          ? undefined
          : this.#authentication({
              user: this.smtpUser,
              password: this.#smtpPassword,
              mechanism: SMTP_MECHANISMS.get(mode),
              isSecureOnly: this.smtpSecureAuthenticationOnly,
            }),
      }),
    )
  }

  /** The mailbox at the POP3 server as the other object model has it. @throws as {@link toSmtpParameters}. */
  toPop3Parameters(): Pop3ConnectionParameters {
    return new Pop3ConnectionParameters(
      this.#parameters({
        server: this.pop3ServerAddress,
        port: this.pop3Port,
        usesSsl: this.pop3UseSsl,
        ports: { ssl: 995, other: 110 },
        authentication: this.#authentication({
          user: this.user,
          password: this.#password,
          mechanism: POP3_MECHANISMS.get(this.pop3Authentication),
          isSecureOnly: this.pop3SecureAuthenticationOnly,
        }),
      }),
    )
  }

  /** The mailbox at the IMAP server as the other object model has it. @throws as {@link toSmtpParameters}. */
  toImapParameters(): ImapConnectionParameters {
    return new ImapConnectionParameters(
      this.#parameters({
        server: this.imapServerAddress,
        port: this.imapPort,
        usesSsl: this.imapUseSsl,
        ports: { ssl: 993, other: 143 },
        authentication: this.#authentication({
          user: this.imapUser,
          password: this.#imapPassword,
          isSecureOnly: this.imapSecureAuthenticationOnly,
        }),
      }),
    )
  }

  toJSON(): object {
    const { smtpServerAddress, pop3ServerAddress, imapServerAddress, user } = this
    const { smtpUser, imapUser } = this
    return { smtpServerAddress, pop3ServerAddress, imapServerAddress, user, smtpUser, imapUser }
  }

  #parameters(profile: ServerProfile): EmailConnectionArguments {
    const { server, port, usesSsl, ports, authentication } = profile
    if (!(this.timeout >= 0)) {
      throw new IllegalArgumentException(`${this.timeout} seconds are no time to wait`)
    }
    const timeout = this.timeout * MS_PER_SECOND
    return {
      server,
      port: port === 0 ? (usesSsl ? ports.ssl : ports.other) : port,
      useSsl: usesSsl,
      allowStartTls: this.requireTls,
      authentication,
      connectionTimeout: timeout,
      dataTransferTimeout: timeout,
      secureParameters: this.secureParameters,
    }
  }

  #authentication({ user, password, mechanism, isSecureOnly }: LoginProfile): EmailAuthentication {
    if (this.tokenAuthentication) return new OAuth2EmailAuthentication(user, this.#accessToken)
    return new PasswordEmailAuthentication({
      user,
      password,
      ...(mechanism && { mechanism }),
      ...(isSecureOnly && { isPasswordHidden: true }),
    })
  }
}

const SMTP_MECHANISMS: ReadonlyMap<SmtpAuthenticationMode, PasswordLoginName> = new Map([
  [SmtpAuthenticationMode.CramMd5, 'CRAM-MD5'],
  [SmtpAuthenticationMode.Login, 'LOGIN'],
  [SmtpAuthenticationMode.Plain, 'PLAIN'],
])

const POP3_MECHANISMS: ReadonlyMap<Pop3AuthenticationMode, PasswordLoginName> = new Map([
  [Pop3AuthenticationMode.Apop, 'APOP'],
  [Pop3AuthenticationMode.CramMd5, 'CRAM-MD5'],
])

function toSecret(given: Secret | string): Secret {
  return given instanceof Secret ? given : new Secret(given)
}

printAs(InternetMailProfile, (profile) => `InternetMailProfile ${JSON.stringify(profile)}`)
