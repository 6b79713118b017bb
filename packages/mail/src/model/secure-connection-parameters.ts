import { createPrivateKey } from 'node:crypto'
import { Secret } from '../base/secret.ts'
import type { ClientCertificate, MailServer } from '../net/mail-server.ts'
import { IllegalArgumentException } from './exception.ts'
import { readArguments } from './named-arguments.ts'

/** The arguments of {@link SecureConnectionParameters} by name. */
export interface SecureConnectionParametersArguments {
  readonly certificateStore?: string | readonly string[]
  readonly keyStore?: ClientCertificate
  readonly keyStorePassword?: Secret | string
}

/**
 * Whom to trust in a TLS connection, and what to show there. For SMTP this is an extension.
 *
 * Certificates are always verified. For a server with one of its own, give that certificate, or its issuer's, as the certificate store.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { SecureConnectionParameters, SmtpConnectionParameters } from '@obmen/mail'
 *
 * const parameters = new SmtpConnectionParameters('mail.example.org')
 * parameters.secureParameters = new SecureConnectionParameters(readFileSync('our-ca.crt', 'utf8'))
 * ```
 */
export class SecureConnectionParameters {
  readonly #certificateStore: string | readonly string[] | undefined
  readonly #keyStore: ClientCertificate | undefined

  /**
   * @param certificateStore The certificates to trust, as PEM; by default those that Node.js brings along.
   * @param keyStore The certificate and key of this side, as PEM, for servers that ask for one.
   * @param keyStorePassword What the key is encrypted with, if it is.
   * @throws IllegalArgumentException when the key can't be read.
   */
  constructor(
    certificateStore?: string | readonly string[] | SecureConnectionParametersArguments,
    keyStore?: ClientCertificate,
    keyStorePassword: Secret | string = '',
  ) {
    const given = isStore(certificateStore)
      ? { certificateStore, keyStore, keyStorePassword }
      : readArguments(certificateStore, ['certificateStore', 'keyStore', 'keyStorePassword'])
    this.#certificateStore = given.certificateStore
    this.#keyStore = given.keyStore && decrypted(given.keyStore, given.keyStorePassword ?? '')
  }

  get certificateStore(): string | readonly string[] | undefined {
    return this.#certificateStore
  }

  /** The certificate and key of this side. A key that was encrypted is decrypted here, and is a {@link Secret}. */
  get keyStore(): ClientCertificate | undefined {
    return this.#keyStore
  }

  /** Whether any certificate is accepted: never. Setting it to true is refused, so that nobody relies on it. */
  get withoutCertificateVerification(): boolean {
    return false
  }

  set withoutCertificateVerification(value: boolean) {
    if (!value) return
    throw new IllegalArgumentException(
      'certificates are always verified: give the certificate of the server as the certificateStore',
    )
  }

  /** The same for `@obmen/mail/smtp`. */
  get serverOptions(): Pick<MailServer, 'ca' | 'clientCertificate'> {
    const [ca, clientCertificate] = [this.#certificateStore, this.#keyStore]
    return { ...(ca !== undefined && { ca }), ...(clientCertificate && { clientCertificate }) }
  }

  toJSON(): object {
    return { certificateStore: this.#certificateStore, certificate: this.#keyStore?.certificate }
  }
}

type Store = string | readonly string[] | undefined

function isStore(given: Store | SecureConnectionParametersArguments): given is Store {
  return given === undefined || typeof given === 'string' || Array.isArray(given)
}

function decrypted(store: ClientCertificate, password: Secret | string): ClientCertificate {
  const passphrase = password instanceof Secret ? password.reveal() : password
  const key = store.key instanceof Secret ? store.key.reveal() : store.key
  if (passphrase === '') return { certificate: store.certificate, key: new Secret(key) }
  try {
    const pem = createPrivateKey({ key, passphrase }).export({ type: 'pkcs8', format: 'pem' })
    return { certificate: store.certificate, key: new Secret(pem.toString()) }
  } catch (error) {
    throw new IllegalArgumentException('the key of the key store was refused', error)
  }
}
