import type { Envelope, RecipientOutcome, SendingOutcome } from '../smtp/envelope.ts'

/** RFC 5321 §4.5.3.1.10: the server takes no more recipients for this letter now. Servers after RFC 821 say it with the other code, and it is a deferral then. */
const TOO_MANY_RECIPIENTS: readonly (number | undefined)[] = [452, 552]

/**
 * Sends a letter in as many transactions as the server wants for its recipients (RFC 5321 §4.5.3.1.10): those whom it has put off because it takes only so many for one
 * letter get it in another, as long as each transaction comes to some of them.
 *
 * @param transact one transaction. When the first rejects, so does this; what goes wrong later takes nothing back, and who is left stays put off.
 * @param mayRepeat whether the letter can be read again.
 */
export function sendToAll(
  envelope: Envelope,
  transact: (envelope: Envelope) => Promise<SendingOutcome>,
  mayRepeat: () => boolean,
): Promise<SendingOutcome> {
  return transact(envelope).then((first) =>
    first.recipients.some(isLeftOver)
      ? sendToRest({ envelope, first }, transact, mayRepeat)
      : first,
  )
}

async function sendToRest(
  { envelope, first }: { readonly envelope: Envelope; readonly first: SendingOutcome },
  transact: (envelope: Envelope) => Promise<SendingOutcome>,
  mayRepeat: () => boolean,
): Promise<SendingOutcome> {
  const decided = [...first.recipients]
  let places = placesLeft(decided, [...decided.keys()])
  while (places.length > 0 && mayRepeat()) {
    const left = envelopeOf(envelope, places)
    if (left === undefined) break
    const outcome = await transact(left).catch(() => undefined)
    for (const [index, place] of places.entries()) {
      const recipient = outcome?.recipients[index]
      if (recipient !== undefined) decided[place] = recipient
    }
    places = outcome === undefined ? [] : placesLeft(decided, places)
  }
  return { recipients: decided }
}

/** Of these places those that were put off. None, when nobody was accepted: then nobody would be next time either. */
function placesLeft(
  outcomes: readonly RecipientOutcome[],
  places: readonly number[],
): readonly number[] {
  if (!places.some((place) => outcomes[place]?.kind === 'accepted')) return []
  return places.filter((place) => isLeftOver(outcomes[place]))
}

/** Servers without enhanced codes have this one code for it; with them it is X.5.3 (RFC 3463 §3.6). */
function isLeftOver(outcome: RecipientOutcome | undefined): boolean {
  if (outcome?.kind !== 'deferred' || !TOO_MANY_RECIPIENTS.includes(outcome.reply.code)) {
    return false
  }
  const { enhancedStatus: status } = outcome.reply
  return status === undefined || (status.subject === 5 && status.detail === 3)
}

/** The same envelope for some of its recipients; `undefined` for none. */
function envelopeOf(envelope: Envelope, places: readonly number[]): Envelope | undefined {
  const { delivery } = envelope
  const [first, ...others] = places.flatMap((place) => envelope.forwardPaths[place] ?? [])
  if (first === undefined) return undefined
  const forwardPaths = [first, ...others] as const
  if (delivery?.recipients === undefined) return { ...envelope, forwardPaths }
  const recipients = new Map(
    [...delivery.recipients].filter(([path]) => forwardPaths.includes(path)),
  )
  return { ...envelope, forwardPaths, delivery: { ...delivery, recipients } }
}
