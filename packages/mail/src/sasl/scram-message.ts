import { decodeBase64 } from '../base/base64.ts'
import { refuse } from './mechanism.ts'
import type { Refusal } from './mechanism.ts'

/** `server-first-message` of RFC 5802 §7. */
export interface ServerFirst {
  /** The client's nonce, with the server's own behind it. */
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
}

interface Attribute {
  readonly name: string
  readonly value: string
}

/** `attr-val`: a letter, `=` and anything but a comma (RFC 5802 §5). */
const ATTRIBUTE = /^(?<name>[A-Za-z])=(?<value>[^,\0]+)$/
/** `printable`: ASCII without the comma. */
const NONCE = /^[!-+\--~]+$/
/** `posit-number`; ten digits are more than any count that could ever be worked off. */
const ITERATIONS = /^[1-9][0-9]{0,9}$/

/** Reads the server's first message. Its attributes have an order, and none may come twice. */
export function parseServerFirst(text: string): ServerFirst | Refusal {
  const attributes = parseAttributes(text)
  if (!Array.isArray(attributes)) return attributes
  const [nonce, salt, iterations] = attributes
  if (nonce?.name === 'm') return refuse('the server demands an extension of SCRAM')
  if (nonce?.name === 'e') return reportedBy(nonce.value)
  if (nonce?.name !== 'r' || salt?.name !== 's' || iterations?.name !== 'i') {
    return refuse('nonce, salt and iteration count are not where they belong')
  }
  const saltOctets = decodeBase64(salt.value)
  if (saltOctets === undefined) return refuse('the salt is not base64')
  if (!NONCE.test(nonce.value)) return refuse('the nonce holds what no nonce may hold')
  if (!ITERATIONS.test(iterations.value)) return refuse('the iteration count is no count')
  return { nonce: nonce.value, salt: saltOctets, iterations: Number(iterations.value) }
}

/** Reads the server's last message: its proof, or why it did not accept ours. */
export function parseServerFinal(text: string): Uint8Array | Refusal {
  const attributes = parseAttributes(text)
  if (!Array.isArray(attributes)) return attributes
  const [first] = attributes
  if (first?.name === 'e') return reportedBy(first.value)
  if (first?.name !== 'v') return refuse('the server did not prove itself')
  return decodeBase64(first.value) ?? refuse("the server's proof is not base64")
}

/** `server-error-value` of RFC 5802 §7: `invalid-proof`, `unknown-user`, `channel-bindings-dont-match` … */
function reportedBy(error: string): Refusal {
  return refuse(`the server reported ${error}`, 'Check the user name and the password')
}

function parseAttributes(text: string): Attribute[] | Refusal {
  const attributes: Attribute[] = []
  for (const part of text.split(',')) {
    const { name, value } = ATTRIBUTE.exec(part)?.groups ?? {}
    if (name === undefined || value === undefined)
      return refuse('the challenge is not one of SCRAM')
    if (attributes.some((attribute) => attribute.name === name)) {
      return refuse(`the challenge has the attribute ${name} twice`)
    }
    attributes.push({ name, value })
  }
  return attributes
}
