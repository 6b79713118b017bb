/**
 * Which UIDs of a mailbox need no second look, in a handful of lines whatever the number of letters. A UID is never given again as long as UIDVALIDITY
 * stays (RFC 9051 §2.3.1.1), so those of letters that are gone lie in the ranges as well. Each range is a line:
 *
 *     imap://exchange%40example.org@mail.example.org:993/INBOX;UIDVALIDITY=385759045/;UID=1:50000
 */
import { UidSet } from '@obmen/mail/imap'

/** The largest UID there can be (`nz-number`, RFC 9051 §9). */
const MAX_UID = 4_294_967_295

/** The UIDs that are remembered; lines of other mailboxes, and of other times of this one, are none. */
export function readSettled(lines: Iterable<string>, mailbox: string): UidSet {
  const sets: UidSet[] = []
  for (const line of lines) {
    const set = line.startsWith(mailbox) ? UidSet.parse(line.slice(mailbox.length)) : undefined
    if (set?.size !== undefined) sets.push(set)
  }
  return UidSet.union(sets)
}

/** The lines for a set. */
export function writeSettled(settled: UidSet, mailbox: string): ReadonlySet<string> {
  return new Set(settled.ranges.map(({ first, last }) => `${mailbox}${first}:${last}`))
}

/** All UIDs up to the last one that are not in the set, which is closed at its end. */
export function otherUids(uids: UidSet, last: number = MAX_UID): UidSet {
  const others: UidSet[] = []
  let next = 1
  for (const range of uids.ranges) {
    if (range.last === '*' || range.first > last) break
    if (next < range.first) others.push(UidSet.range(next, range.first - 1))
    next = range.last + 1
  }
  if (next <= last) others.push(UidSet.range(next, last))
  return UidSet.union(others)
}
