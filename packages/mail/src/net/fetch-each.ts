import { ImapCommandRejected } from '../imap/errors.ts'
import type { FetchedLetter } from '../imap/fetch-response.ts'
import { UidSet } from '../imap/number-set.ts'

/** A server that refuses so many letters one by one, and gives none between them, refuses all of them. */
const MAX_REFUSED_IN_A_ROW = 20

/** What came of fetching one of many letters. */
export type FetchedOrRefused =
  | { readonly kind: 'letter'; readonly uid: number; readonly letter: FetchedLetter }
  | {
      readonly kind: 'refused'
      readonly uid: number
      /** The server does not give this letter. The others are not concerned. */
      readonly error: ImapCommandRejected
    }

/**
 * Fetches letters, each once. A server may refuse a whole command for one letter that it can't read: the others are asked for in halves.
 *
 * @throws ImapCommandRejected when the server refuses more letters in a row than {@link MAX_REFUSED_IN_A_ROW}.
 */
export async function* fetchEach(
  uids: UidSet,
  fetch: (uids: UidSet) => AsyncIterable<FetchedLetter>,
): AsyncGenerator<FetchedOrRefused, void, undefined> {
  let refusedInARow = 0
  const pending = [uids]
  for (let some = pending.pop(); some !== undefined; some = pending.pop()) {
    const missing = new Set(some.numbers())
    try {
      for await (const letter of fetch(some)) {
        const { uid } = letter
        if (uid === undefined || !missing.delete(uid)) continue
        refusedInARow = 0
        yield { kind: 'letter', uid, letter }
      }
    } catch (error) {
      if (!(error instanceof ImapCommandRejected)) throw error
      const [uid] = missing
      if (missing.size > 1) pending.push(...halvesOf(missing))
      // Somebody has removed the only one meanwhile (RFC 5530 §3).
      const isGone = error.responseCode === 'EXPUNGEISSUED'
      if (uid === undefined || missing.size > 1 || isGone) continue
      refusedInARow += 1
      if (refusedInARow > MAX_REFUSED_IN_A_ROW) throw error
      yield { kind: 'refused', uid, error }
    }
  }
}

/** The second half, and the first, which is taken next. */
function halvesOf(uids: ReadonlySet<number>): readonly UidSet[] {
  const { first, rest } = UidSet.of(uids).divide(Math.ceil(uids.size / 2))
  return [rest, first]
}
