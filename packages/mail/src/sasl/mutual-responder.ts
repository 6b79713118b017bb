import { NO_OCTETS } from '../base/octets.ts'
import { refuse } from './mechanism.ts'
import type { Refusal, Responder } from './mechanism.ts'
import { decodeChallenge } from './proof.ts'

/** A proof that the client knows the password, and what the server has to prove in its turn. */
export interface MutualProof {
  readonly response: Uint8Array
  /** Whether this challenge proves that the server knows the password too; `undefined` says that it does. */
  readonly check: (challenge: string) => Refusal | undefined
}

/** What a mechanism with proofs of both sides does at its own. */
export interface MutualExchange {
  readonly initialResponse: Uint8Array | undefined
  /** Answers the first challenge. */
  prove(challenge: string): MutualProof | Refusal
}

/**
 * The mechanisms in which both sides prove that they know the password:
 *
 *     challenge ─► response with a proof ─► challenge with the server's proof ─► empty response ─► done
 *
 * Success that comes before the server's proof is none.
 */
export function respondMutually(exchange: MutualExchange): Responder {
  let step: 'challenge' | MutualProof['check'] | 'success' = 'challenge'
  return {
    initialResponse: exchange.initialResponse,
    respond(challenge: Uint8Array): Uint8Array | Refusal {
      const text = decodeChallenge(challenge)
      if (text === undefined) return refuse('the challenge is not UTF-8')
      if (step === 'success') return refuse('the server sent a challenge after its proof')
      if (step === 'challenge') {
        const proof = exchange.prove(text)
        if ('kind' in proof) return proof
        step = proof.check
        return proof.response
      }
      const refusal = step(text)
      if (refusal !== undefined) return refusal
      step = 'success'
      return NO_OCTETS
    },
    finish: (): Refusal | undefined =>
      step === 'success'
        ? undefined
        : refuse('the server reported success before it proved itself'),
  }
}
