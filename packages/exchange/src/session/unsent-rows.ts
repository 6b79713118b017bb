/** Rows that can't be sent as they are: they are set aside, so that the others go, and tried again when that may help. */
import type { UnsentReason, UnsentRow } from '../store/change-store.ts'
import type { ExchangeContext } from './exchange-context.ts'
import type { MessageBody, RowPlace } from './message-body.ts'

export async function setAsideDefects(
  { store, now }: ExchangeContext,
  defects: MessageBody['defects'],
): Promise<void> {
  const rows = defects.map(({ error, ...place }) => {
    return toUnsent(place, { kind: 'not-utf8', column: error.column }, now())
  })
  await store.transaction((transaction) => transaction.setAside(rows))
}

/** A letter that held nothing but the row was too large for the mail server. */
export async function setAsideTooLarge(
  { store, transport, now }: ExchangeContext,
  place: RowPlace,
  sizeOctets: number,
): Promise<void> {
  const limitOctets = (await transport.sizeLimit?.()) ?? 0
  const row = toUnsent(place, { kind: 'too-large', sizeOctets, limitOctets }, now())
  await store.transaction((transaction) => transaction.setAside([row]))
}

function toUnsent(place: RowPlace, reason: UnsentReason, setAsideAt: number): UnsentRow {
  const { table, key, entrySeq } = place
  return { table, key, seq: entrySeq, reason, setAsideAt }
}

/**
 * Rows that were too large are tried again when the mail server says that it takes another size. After some time they are when it says nothing, and when it takes
 * more than the row by what it says: servers refuse a letter for a full mailbox with the same code, 552.
 */
export async function findRetries(context: ExchangeContext): Promise<readonly UnsentRow[]> {
  const { store, transport, now, rules } = context
  const tooLarge = (await store.unsentRows()).filter(({ reason }) => reason.kind === 'too-large')
  if (tooLarge.length === 0) return []
  const limitOctets = (await transport.sizeLimit?.()) ?? 0
  return tooLarge.filter(({ reason, setAsideAt }) => {
    if (reason.kind !== 'too-large') return false
    const isDoubtful = limitOctets === 0 || letterSizeOf(reason.sizeOctets) <= limitOctets
    const isLongAgo = Math.abs(now() - setAsideAt) >= rules.resendAfterMs
    return reason.limitOctets !== limitOctets || (isDoubtful && isLongAgo)
  })
}

/** No letter with a row of so many octets is larger: base64 takes 4/3 of what did not compress, and line ends a thirtieth more. */
function letterSizeOf(rowOctets: number): number {
  return rowOctets * 1.5 + LETTER_OCTETS
}

/** What a letter has beside its attachment. */
const LETTER_OCTETS = 16 * 1024
