/**
 * Many commands of one kind. A server that offers PIPELINING (RFC 2449 §6.6) gets them in groups and answers a group in one go, which costs one
 * round trip; any other gets them one by one.
 *
 * Each response is read to its end and put to its own command: a refusal in the middle concerns one letter, and the others are dealt with
 * all the same.
 */

import { assert } from '../base/assert.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets, NO_OCTETS } from '../base/octets.ts'
import type { Demand, Dialog, OctetSink } from '../wire/dialog.ts'
import type { Pop3Channel } from './channel.ts'
import { formatCommand } from './command.ts'
import type { Pop3Command } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'

/**
 * Commands that are under way at once. Each has some fifteen octets, so a group fits into any buffer of the network, and both ends can write at the
 * same time without either waiting for the other to read (RFC 2449 §6.6 forbids to send more than that). Few enough answers to wait for on a long way, and
 * for the beginnings of letters a megabyte or two of memory.
 */
export const MAX_PIPELINED = 250

/** What came of looking at the beginning of one of many letters. */
export type Pop3Top =
  | { readonly kind: 'top'; readonly maildropNumber: number; readonly octets: Uint8Array }
  | {
      readonly kind: 'failed'
      readonly maildropNumber: number
      /** The server does not show this letter, or its beginning is larger than `limits.maxTopOctets`. The others are not concerned. */
      readonly error: Pop3ResponseRejected | LimitExceeded
    }

/** Where one of many letters goes. */
export interface LetterSink {
  /** Takes the next octets. A returned promise holds the connection back until it settles. */
  readonly push: OctetSink
  /** Is told that the letter is whole. */
  readonly end?: () => void | Promise<void>
}

/** What the server refused, by maildrop number. Empty when everything was done. */
export type Pop3Refusals = ReadonlyMap<number, Pop3ResponseRejected>

/** A letter and the command about it. */
interface Task {
  readonly maildropNumber: number
  readonly command: Pop3Command
}

/** What to do with the answers to a group. */
interface Answers {
  /** `+OK` was received; reads what follows it, if something does. */
  readonly accepted: (task: Task) => Dialog<void> | undefined
  readonly refused: (task: Task, error: Pop3ResponseRejected) => void
}

/** How much of each letter is asked for, and what becomes of one of which that is more than `limits.maxTopOctets`: it fails, or the rest is left out. */
export interface TopRequest {
  readonly lines: number
  readonly tooLarge: 'fails' | 'is cut'
}

/**
 * The beginnings of these letters, which are one group; fewer when `limits.maxBatchOctets` has no room for all, but one at least. What does not
 * fit is read and thrown away, to be asked for again.
 */
export function* fetchTops(
  channel: Pop3Channel,
  maildropNumbers: readonly number[],
  { lines, tooLarge }: TopRequest,
): Dialog<readonly Pop3Top[]> {
  const { maxBatchOctets, maxTopOctets } = channel.limits
  const tops: Pop3Top[] = []
  let room = Math.max(maxBatchOctets, maxTopOctets)
  let isFull = false
  const add = (top: Pop3Top, octets: number): void => {
    isFull ||= octets > room
    if (isFull) return
    room -= octets
    tops.push(top)
  }
  const tasks = tasksOf(maildropNumbers, (number) => formatCommand('TOP', number, lines))
  yield* runGroup(channel, tasks, {
    *accepted({ maildropNumber, command }) {
      const limit = isFull ? 0 : maxTopOctets
      const { octets, count } = yield* receiveUpTo(limit, channel, command)
      if (count <= maxTopOctets || tooLarge === 'is cut') {
        add({ kind: 'top', maildropNumber, octets }, Math.min(count, maxTopOctets))
      } else {
        const error = topTooLarge(maildropNumber, count, maxTopOctets)
        add({ kind: 'failed', maildropNumber, error }, 0)
      }
    },
    refused: ({ maildropNumber }, error) => add({ kind: 'failed', maildropNumber, error }, 0),
  })
  return tops
}

/** Reads a letter, or its beginning, and keeps so many octets of it. */
function* receiveUpTo(
  limit: number,
  channel: Pop3Channel,
  command: Pop3Command,
): Dialog<{ readonly octets: Uint8Array; readonly count: number }> {
  const parts: Uint8Array[] = []
  let count = 0
  yield* channel.receiveContent(command, (octets) => {
    if (count < limit) parts.push(octets.subarray(0, limit - count))
    count += octets.length
    return undefined
  })
  return { octets: concatOctets(parts), count }
}

function topTooLarge(maildropNumber: number, value: number, limit: number): LimitExceeded {
  const what = `the beginning of letter ${maildropNumber}`
  return new LimitExceeded({ what, limit, value, option: 'limits.maxTopOctets' })
}

/**
 * Whole letters, each into the sink that `open` gives for it when the server has it. The session is over when a sink fails.
 *
 * @returns the letters that the server refused to give.
 */
export function* retrieveLetters(
  channel: Pop3Channel,
  groups: Iterable<readonly number[]>,
  open: (maildropNumber: number) => LetterSink,
): Dialog<Pop3Refusals> {
  const refusals = new Map<number, Pop3ResponseRejected>()
  const { contentMs: timeoutMs } = channel.deadlines
  const accepted = function* ({ maildropNumber, command }: Task): Dialog<void> {
    const { push: sink, end } = open(maildropNumber)
    yield* channel.receiveContent(command, (octets): Demand => {
      return { kind: 'push', octets, sink, timeoutMs }
    })
    if (end !== undefined) yield { kind: 'push', octets: NO_OCTETS, sink: () => end(), timeoutMs }
  }
  const refused = note(refusals)
  for (const numbers of groups) {
    const tasks = tasksOf(numbers, (number) => formatCommand('RETR', number))
    yield* runGroup(channel, tasks, { accepted, refused })
  }
  return refusals
}

/**
 * Marks letters for deletion.
 *
 * @param marked is told of each, when the server has confirmed the mark.
 * @returns the letters that the server refused to mark.
 */
export function* deleteLetters(
  channel: Pop3Channel,
  groups: Iterable<readonly number[]>,
  marked: (maildropNumber: number) => void,
): Dialog<Pop3Refusals> {
  const refusals = new Map<number, Pop3ResponseRejected>()
  const refused = note(refusals)
  for (const numbers of groups) {
    const tasks = tasksOf(numbers, (number) => formatCommand('DELE', number))
    yield* runGroup(channel, tasks, {
      accepted: ({ maildropNumber }) => {
        marked(maildropNumber)
        return undefined
      },
      refused,
    })
  }
  return refusals
}

function note(refusals: Map<number, Pop3ResponseRejected>): Answers['refused'] {
  return ({ maildropNumber }, error) => void refusals.set(maildropNumber, error)
}

function tasksOf(
  maildropNumbers: readonly number[],
  commandFor: (maildropNumber: number) => Pop3Command,
): readonly Task[] {
  return maildropNumbers.map((maildropNumber) => ({
    maildropNumber,
    command: commandFor(maildropNumber),
  }))
}

function* runGroup(
  channel: Pop3Channel,
  tasks: readonly Task[],
  { accepted, refused }: Answers,
): Dialog<void> {
  const commands = tasks.map(({ command }) => command)
  yield* channel.exchangeAll(commands, function* (index) {
    const task = tasks[index]
    assert(task !== undefined, 'there is a task for each command')
    const error = yield* refusalOf(channel, task.command)
    if (error !== undefined) {
      refused(task, error)
      return
    }
    const rest = accepted(task)
    if (rest !== undefined) yield* rest
  })
}

function* refusalOf(
  channel: Pop3Channel,
  command: Pop3Command,
): Dialog<Pop3ResponseRejected | undefined> {
  try {
    yield* channel.receiveStatus(command)
    return undefined
  } catch (error) {
    if (error instanceof Pop3ResponseRejected) return error
    throw error
  }
}
