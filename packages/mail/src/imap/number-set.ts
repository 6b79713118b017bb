/** Sets of UIDs and of message sequence numbers as IMAP writes them (`sequence-set`, RFC 9051 §9): `2,4:7,9,12:*`. */

/** The largest number that a letter can have (`nz-number`, RFC 9051 §9). */
const MAX_NUMBER = 4_294_967_295

/** Whether a letter can have it, as its UID or sequence number: what a server says is looked at before it is put into a set. */
export function isLetterNumber(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 1 && number <= MAX_NUMBER
}

/** RFC 7162 §4 has 8,192 octets for a command line, and the longest range, with its comma, has 22. */
const MAX_RANGES_IN_COMMAND = 350

/** From `first` to `last`, both included. */
export interface NumberRange {
  readonly first: number
  /** `'*'`: the last one that there is, whatever its number. */
  readonly last: number | '*'
}

/** One number, or two with a colon between. */
const RANGE = /^(?<from>\d{1,10}|\*)(?::(?<to>\d{1,10}|\*))?$/

/**
 * Numbers of letters, kept as ranges: the letters 1 to 1,000,000 are one range. Ascending, without overlaps, and never empty when it is sent.
 *
 * There are two kinds, which are never mistaken for each other: {@link UidSet} and {@link SequenceSet}.
 */
abstract class NumberSet<Kind extends 'uid' | 'sequence'> {
  abstract readonly kind: Kind
  readonly ranges: readonly NumberRange[]

  protected constructor(ranges: readonly NumberRange[]) {
    this.ranges = ranges
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0
  }

  /** How many numbers there are; `undefined` when the set is open at its end. */
  get size(): number | undefined {
    let size = 0
    for (const { first, last } of this.ranges) {
      if (last === '*') return undefined
      size += last - first + 1
    }
    return size
  }

  /** Looks no further than it must: the letters of a mailbox may be some ten thousand ranges, and each of them is asked for. */
  has(number: number): boolean {
    let from = 0
    let to = this.ranges.length
    while (from < to) {
      const middle = (from + to) >> 1
      const range = this.ranges[middle]
      if (range === undefined || number < range.first) to = middle
      else if (range.last === '*' || number <= range.last) return true
      else from = middle + 1
    }
    return false
  }

  /** Whether it can stand in a command as it is. */
  get fitsCommand(): boolean {
    return this.ranges.length <= MAX_RANGES_IN_COMMAND
  }

  /**
   * Each number, ascending.
   *
   * @throws RangeError when the set is open at its end.
   */
  *numbers(): Generator<number, void, undefined> {
    for (const { first, last } of this.ranges) {
      if (last === '*') throw new RangeError(`the numbers of ${this.toString()} are not known`)
      for (let number = first; number <= last; number++) yield number
    }
  }

  /** The same ranges in portions, each of so many at most. */
  protected portions(size: number): readonly (readonly NumberRange[])[] {
    const portions: NumberRange[][] = []
    for (let at = 0; at < this.ranges.length; at += size) {
      portions.push(this.ranges.slice(at, at + size))
    }
    return portions
  }

  /** As IMAP writes it: `2,4:7`. */
  toString(): string {
    return this.ranges
      .map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`))
      .join(',')
  }
}

/**
 * UIDs: the numbers that letters of a mailbox keep for as long as its UIDVALIDITY stays the same (RFC 9051 §2.3.1.1).
 *
 * @example
 * ```ts
 * import { UidSet } from '@obmen/mail/imap'
 *
 * console.log(`${UidSet.of([7, 4, 5, 6, 2])}`) // 2,4:7
 * console.log(`${UidSet.from(4711)}`) // 4711:*
 * ```
 */
export class UidSet extends NumberSet<'uid'> {
  readonly kind = 'uid'

  /** These UIDs, in any order. @throws RangeError when one is no UID. */
  static of(uids: Iterable<number>): UidSet {
    return new UidSet(rangesOf(uids))
  }

  /** This UID and all above it. Beware that a server gives the last letter even if its UID is below (RFC 9051 §6.4.8). */
  static from(first: number): UidSet {
    return new UidSet([{ first: checked(first), last: '*' }])
  }

  /** From one to the other, both included. */
  static range(first: number, last: number): UidSet {
    return new UidSet(merged([orderedRange(checked(first), checked(last))]))
  }

  /** What is in any of the sets. */
  static union(sets: readonly UidSet[]): UidSet {
    return new UidSet(merged(sets.flatMap(({ ranges }) => ranges)))
  }

  /** Those of these UIDs that are not in the other set. */
  without(other: UidSet): UidSet {
    const rest: NumberRange[] = []
    let at = 0
    for (const { first, last } of this.ranges) {
      let from = first
      for (; ; at++) {
        const gap = other.ranges[at]
        if (gap === undefined || isBelow(last, gap.first)) {
          rest.push({ first: from, last })
          break
        }
        if (gap.last !== '*' && gap.last < from) continue
        if (from < gap.first) rest.push({ first: from, last: gap.first - 1 })
        if (gap.last === '*' || !isBelow(gap.last, last)) break
        from = gap.last + 1
      }
    }
    return new UidSet(rest)
  }

  /**
   * The first of these UIDs, so many at most and not more than fit into one command, and the others.
   *
   * @throws RangeError when the set is open at its end.
   */
  divide(count: number): { readonly first: UidSet; readonly rest: UidSet } {
    const taken: NumberRange[] = []
    let room = count
    for (const [index, { first, last }] of this.ranges.entries()) {
      if (last === '*') throw new RangeError(`the numbers of ${this.toString()} are not known`)
      if (taken.length === MAX_RANGES_IN_COMMAND || room === 0) {
        return { first: new UidSet(taken), rest: new UidSet(this.ranges.slice(index)) }
      }
      const end = Math.min(last, first + room - 1)
      taken.push({ first, last: end })
      room -= end - first + 1
      if (end === last) continue
      const others = [{ first: end + 1, last }, ...this.ranges.slice(index + 1)]
      return { first: new UidSet(taken), rest: new UidSet(others) }
    }
    return { first: new UidSet(taken), rest: new UidSet([]) }
  }

  /** In sets that each fit into one command. */
  forCommands(): readonly UidSet[] {
    return this.portions(MAX_RANGES_IN_COMMAND).map((ranges) => new UidSet(ranges))
  }

  /** Reads what {@link toString} writes; `undefined` when it is no such set. */
  static parse(text: string): UidSet | undefined {
    const ranges = parseRanges(text)
    return ranges && new UidSet(ranges)
  }
}

/**
 * Message sequence numbers: from 1 to the number of letters, and each one less when a letter before it goes (RFC 9051 §2.3.1.2). What is meant to
 * last needs a {@link UidSet}.
 */
export class SequenceSet extends NumberSet<'sequence'> {
  readonly kind = 'sequence'

  /** These numbers, in any order. @throws RangeError when one is no sequence number. */
  static of(numbers: Iterable<number>): SequenceSet {
    return new SequenceSet(rangesOf(numbers))
  }

  /** This letter and all after it. */
  static from(first: number): SequenceSet {
    return new SequenceSet([{ first: checked(first), last: '*' }])
  }

  /** Reads what {@link toString} writes; `undefined` when it is no such set. */
  static parse(text: string): SequenceSet | undefined {
    const ranges = parseRanges(text)
    return ranges && new SequenceSet(ranges)
  }

  /** From one to the other, both included. */
  static range(first: number, last: number): SequenceSet {
    return new SequenceSet(merged([orderedRange(checked(first), checked(last))]))
  }
}

/** Whether the end of a range comes before a number, or before the end of another. */
function isBelow(last: number | '*', other: number | '*'): boolean {
  return last !== '*' && (other === '*' || last < other)
}

function checked(number: number): number {
  if (isLetterNumber(number)) return number
  throw new RangeError(`the number of a letter is a whole number from 1, and not ${number}`)
}

function orderedRange(a: number, b: number): NumberRange {
  return a <= b ? { first: a, last: b } : { first: b, last: a }
}

function rangesOf(numbers: Iterable<number>): readonly NumberRange[] {
  const sorted = Float64Array.from(numbers, checked).sort()
  const ranges: { first: number; last: number }[] = []
  for (const number of sorted) {
    const last = ranges.at(-1)
    if (last !== undefined && number <= last.last + 1) last.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges
}

/** RFC 9051 §9: ranges come in any order, may overlap, and `9:*` means the same as `*:9`. */
function parseRanges(text: string): readonly NumberRange[] | undefined {
  const ranges: NumberRange[] = []
  for (const part of text.split(',')) {
    const range = parseRange(part)
    if (range === undefined) return undefined
    ranges.push(range)
  }
  return merged(ranges)
}

function parseRange(part: string): NumberRange | undefined {
  const groups = RANGE.exec(part)?.groups
  const from = groups?.['from']
  if (from === undefined) return undefined
  const to = groups?.['to'] ?? from
  const numbers = [from, to].filter((end) => end !== '*').map(Number)
  if (!numbers.every(isLetterNumber)) return undefined
  const [first = MAX_NUMBER, last] = numbers
  if (from === '*' || to === '*') return { first, last: '*' }
  return orderedRange(first, last ?? first)
}

function merged(ranges: readonly NumberRange[]): readonly NumberRange[] {
  const result: { first: number; last: number | '*' }[] = []
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1)
    if (before === undefined || (before.last !== '*' && first > before.last + 1)) {
      result.push({ first, last })
    } else if (before.last !== '*') {
      before.last = last === '*' ? '*' : Math.max(before.last, last)
    }
  }
  return result
}
