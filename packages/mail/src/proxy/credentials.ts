import type { Secret } from '../base/secret.ts'

/** Who to log in to a proxy as. Both go to the proxy as they are; only TLS hides them on the way. */
export interface ProxyCredentials {
  readonly user: string
  readonly password: Secret
}

/** Not a word about what the text is: it may be the password. */
export function refuseControlCharacters({ user, password }: ProxyCredentials): void {
  if (/\p{Cc}/u.test(user) || /\p{Cc}/u.test(password.reveal())) {
    throw new RangeError("the proxy's user and password can't have control characters")
  }
}
