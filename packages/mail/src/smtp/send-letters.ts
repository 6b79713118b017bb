/**
 * Letters over a session, as many as there are: MAIL, RCPT, content (RFC 5321 §3.3), DATA or BDAT (RFC 3030). The dialog takes the next letter
 * as soon as the one before has left, and ends when there are no more and no reply is owed.
 *
 *     ready ─► [RSET] MAIL RCPT… ─┬─ DATA ─┬─ 354, somebody accepted ─► content, dot ──► ready
 *                                 │        ├─ 354, nobody accepted ───► lone dot ──────► ready
 *                                 │        └─ refused ────────────────────────────────► reset-needed
 *                                 ├─ BDAT… BDAT LAST ─────────────────────────────────► ready, or reset-needed
 *                                 └─ everybody was refused before ────────────────────► reset-needed
 *
 * | server has | what travels together | round trips |
 * |---|---|---|
 * | PIPELINING, CHUNKING | letters one after the other, sixteen at most; the content of the first when its recipients are accepted | one for sixteen letters |
 * | PIPELINING | the content and dot of a letter, and RSET, MAIL, RCPT, DATA of the next (RFC 2920 §3.1) | one a letter |
 * | neither | nothing: each command after the reply to the one before | one a command |
 */

import { assert } from '../base/assert.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { Chunk, MAX_BDAT_OCTETS } from './chunk.ts'
import { CLOSING } from './command-channel.ts'
import { DATA, LONE_DOT, RSET } from './command.ts'
import { formOf } from './content-form.ts'
import { ContentReader } from './content-reader.ts'
import type { MailPlan } from './mail-plan.ts'
import { MailPlanner } from './mail-planner.ts'
import { OpenTransactions } from './open-transactions.ts'
import { MAX_BATCH_OCTETS, Pipeline, sessionOver, type Step } from './pipeline.ts'
import type { SmtpSession } from './session.ts'
import { Transaction, type QueuedLetter } from './transaction.ts'

export type { QueuedLetter }

/** Where letters wait. */
export interface LetterQueue {
  /** Takes the next letter; `undefined` when there is none now. */
  next(): QueuedLetter | undefined
  /** The letter that {@link next} would take, left where it is. */
  peek(): QueuedLetter | undefined
}

/**
 * How many letters may have left whole without a reply. When a connection breaks off, these are what may have arrived or not, and a person has to look into
 * each. More would hardly save a round trip.
 */
const MAX_UNDECIDED_LETTERS = 16

/**
 * After so many octets the replies to what has left are waited for even when few letters were among them: what became of a letter is not to be known later than its neighbours
 * need, and beside megabytes a round trip is not felt.
 */
const MAX_UNCONFIRMED_OCTETS = 4 * 1024 * 1024

/**
 * Sends letters until none waits and every reply is in. Each is told what became of it as soon as that is certain; the dialog itself
 * gives nothing and throws nothing.
 *
 * A letter fails with SmtpCapabilityMissing, SmtpSizeExceeded, RangeError before anything of it is sent; with what its source throws,
 * SmtpContentInvalid or RangeError when it could not be sent to its end. With BDAT it is taken back then and the session goes on; after
 * DATA the session is over. When the session breaks off, it fails with the reason unless the server may have it.
 */
export function* sendLetters(session: SmtpSession, queue: LetterQueue): Dialog<void> {
  assert(session.state !== 'busy', 'letters are sent by one dialog at a time')
  const burst = new Burst(session)
  if (session.state !== 'ended') yield* burst.run(queue)
  if (session.state !== 'ended') return
  const { lastWord } = session.channel
  const reason = lastWord === undefined ? burst.failure : undefined
  for (;;) {
    const letter = queue.next()
    if (letter === undefined) return
    letter.passOver?.()
    letter.fail(reason ?? sessionOver(lastWord))
  }
}

class Burst {
  readonly #session: SmtpSession
  readonly #pipeline: Pipeline
  readonly #planner: MailPlanner
  readonly #open: OpenTransactions
  #failure: unknown
  /** How much content has gone in chunks since all replies were in. */
  #unconfirmedOctets = 0
  /** The server holds, or may hold, an envelope that came to nothing. */
  #needsReset: boolean
  /**
   * The server has answered in this burst. Content that leaves before that makes the outcome unknown when the server has hung up meanwhile, or does so at once; after a
   * while without letters, or on a new connection, that is not rare.
   */
  #isProven = false

  constructor(session: SmtpSession) {
    this.#session = session
    this.#planner = new MailPlanner(session)
    this.#open = new OpenTransactions(session.channel)
    const isPipelining = session.extensions.has('PIPELINING')
    this.#pipeline = new Pipeline(session.channel, { isPipelining })
    this.#needsReset = session.state === 'reset-needed'
  }

  /** What the session was broken off by when no letter was under way, so that it concerns those that wait. */
  get failure(): unknown {
    return this.#failure
  }

  *run(queue: LetterQueue): Dialog<void> {
    this.#session.state = 'busy'
    try {
      for (;;) {
        if (this.#isFull()) yield* this.#decideAll()
        const letter = queue.next() ?? (yield* this.#await(queue))
        if (letter !== undefined) yield* this.#sendAndConfirm(letter, queue)
        else if (this.#pipeline.owesReplies) yield* this.#receive()
        else if (!(yield* this.#confirm())) break
      }
      this.#session.state = this.#needsReset ? 'reset-needed' : 'ready'
    } catch (error) {
      if (this.#open.count === 0) this.#failure = error
      this.#session.state = 'ended'
      yield* this.#open.breakOff(error)
    }
  }

  /**
   * What has been put is about to leave alone. Whoever has just learnt what became of a letter may have the next one at hand, and its envelope
   * can travel with that for nothing; so he is let speak first.
   */
  *#await(queue: LetterQueue): Dialog<QueuedLetter | undefined> {
    if (!this.#pipeline.hasUnsent) return undefined
    yield* this.#pipeline.hear()
    return queue.next()
  }

  /** Behind a letter that was refused nothing is owed, and there may be many of them: the one before is not to wait until they are all refused. */
  *#sendAndConfirm(letter: QueuedLetter, queue: LetterQueue): Dialog<void> {
    yield* this.#send(letter, queue)
    if (!this.#pipeline.owesReplies) yield* this.#confirm()
  }

  *#send(letter: QueuedLetter, queue: LetterQueue): Dialog<void> {
    const plan = this.#plan(letter)
    if (plan === undefined) return
    const { isLmtp, usesChunking } = this.#session
    const isHeldBack = usesChunking || this.#pipeline.isPipelining
    const transaction = new Transaction(letter, { isLmtp, isHeldBack })
    this.#open.add(transaction)
    yield* this.#sendEnvelope(transaction, plan)
    if (!usesChunking) return yield* this.#sendData(transaction, letter, queue)
    if (!this.#isProven) {
      yield* this.#pipeline.settle()
      // A reply too many would have every other taken for the one before it, and this is where it can still be told.
      yield* this.#pipeline.hear()
    }
    this.#isProven = true
    yield* this.#sendChunks(transaction, letter)
  }

  /** Whether so much is undecided that no letter may follow. */
  #isFull(): boolean {
    return (
      this.#open.count >= MAX_UNDECIDED_LETTERS || this.#unconfirmedOctets >= MAX_UNCONFIRMED_OCTETS
    )
  }

  *#decideAll(): Dialog<void> {
    yield* this.#pipeline.settle()
    yield* this.#confirm()
  }

  /**
   * Every reply is in, and if there is not one too many, each belongs to what it was taken for. Nothing but their number shows that where letters go in chunks: all replies
   * may be 250. Then the letters that were answered learn it. Gives whether there were any: who has learnt it may have another letter.
   */
  *#confirm(): Dialog<boolean> {
    this.#unconfirmedOctets = 0
    if (!this.#open.hasAnswered) return false
    try {
      yield* this.#pipeline.hear()
    } catch (error) {
      const { lastWord } = this.#session.channel
      this.#open.isOutOfStep = lastWord !== undefined && lastWord.code !== CLOSING
      throw error
    }
    this.#open.tellAnswered()
    yield* this.#pipeline.hear()
    return true
  }

  /** Where nothing has left behind a letter with DATA, there is nothing that could show a reply too many, and its outcome is not kept from anybody. */
  *#receive(): Dialog<void> {
    yield* this.#pipeline.receive()
    if (!this.#session.usesChunking && !this.#pipeline.owesReplies) this.#open.tellAnswered()
  }

  /** A letter that the server can't take is not begun, and the others go on. */
  #plan(letter: QueuedLetter): MailPlan | undefined {
    try {
      return this.#planner.plan(letter)
    } catch (error) {
      letter.fail(error)
      return undefined
    }
  }

  *#sendEnvelope(transaction: Transaction, { mail, recipients }: MailPlan): Dialog<void> {
    const pipeline = this.#pipeline
    const { commandMs, mailMs, rcptMs } = this.#session.channel.deadlines
    if (!pipeline.hasRoom) yield* pipeline.makeRoom()
    // It is not known yet whether the letter before has left an envelope behind, and waiting would cost a round trip. Dovecot's submission
    // server (2.3) even dies of a RCPT that it reads before it has answered the end of DATA, unless a RSET stands between them.
    if (this.#needsReset || pipeline.owesReplies) {
      pipeline.put(RSET.octets, this.#resetStep(commandMs))
      if (!pipeline.hasRoom) yield* pipeline.makeRoom()
    }
    this.#needsReset = false
    pipeline.put(mail.octets, transaction.mailStep(mail.shown, mailMs))
    for (const { octets, shown } of recipients) {
      if (!pipeline.hasRoom) yield* pipeline.makeRoom()
      if (transaction.isRefused) return
      pipeline.put(octets, transaction.recipientStep(shown, rcptMs))
    }
    if (!pipeline.hasRoom) yield* pipeline.makeRoom()
  }

  /**
   * RSET can't be refused (RFC 5321 §4.1.1.5). If it is all the same, the envelope before may still be there: a letter that had left together with RSET may then have gone to the
   * recipients of another, and none may follow.
   */
  #resetStep(timeoutMs: number): Step {
    return {
      timeoutMs,
      take: (reply) => {
        if (reply.severity === 'completion') return true
        this.#open.isOutOfStep = reply.code !== CLOSING
        throw sessionOver(reply)
      },
    }
  }

  *#sendData(
    transaction: Transaction,
    { content }: QueuedLetter,
    queue: LetterQueue,
  ): Dialog<void> {
    const { deadlines } = this.#session.channel
    const pipeline = this.#pipeline
    if (!transaction.isRefused) {
      const reader = this.#readerOf(content, transaction, 'DATA')
      pipeline.put(DATA.octets, transaction.dataStep(deadlines.dataMs))
      yield* pipeline.flush()
      // The server is at work now. What this side can do meanwhile need not be done when the server waits.
      reader.prepare(MAX_BATCH_OCTETS)
      this.#planner.planAhead(queue.peek())
      yield* pipeline.settle()
      // 354 can be the answer to nothing but DATA, so what came before it belongs to what it was taken for.
      if (transaction.isGoAheadGiven) this.#open.tellAnswered()
      if (!transaction.isRefused) return yield* this.#sendContent(transaction, reader)
    }
    if (!transaction.isGoAheadGiven && transaction.hasRecipient) {
      return yield* this.#forget(transaction)
    }
    transaction.settle()
    if (transaction.isGoAheadGiven) yield* this.#sendNothing(transaction)
    else this.#needsReset = transaction.isMailAccepted
  }

  /**
   * The server has accepted recipients and then refused DATA; or it has said one thing too many before, and what came to DATA was its word about the last recipient. Then
   * the answer to DATA is what comes to RSET, and it can't be one to that. Until this is known nobody is told anything.
   */
  *#forget(transaction: Transaction): Dialog<void> {
    const step = this.#resetStep(this.#session.channel.deadlines.commandMs)
    let isGoAhead = false
    this.#pipeline.put(RSET.octets, {
      ...step,
      take: (reply) => {
        isGoAhead = reply.severity === 'intermediate'
        return step.take(reply)
      },
    })
    try {
      yield* this.#pipeline.settle()
    } catch (error) {
      if (isGoAhead || error instanceof ProtocolViolation) transaction.fail(error)
      throw error
    }
    transaction.settle()
  }

  *#sendContent(transaction: Transaction, reader: ContentReader): Dialog<void> {
    const pipeline = this.#pipeline
    const end = transaction.endStep(this.#session.channel.deadlines.contentEndMs)
    pipeline.isInContent = true
    for (;;) {
      const block = yield* reader.next(pipeline.blockOctets)
      if (block === null) break
      yield* pipeline.putContent([block], { isLent: reader.isLent })
      reader.report()
    }
    const step = {
      ...end,
      handOver: () => {
        pipeline.isInContent = false
        end.handOver?.()
      },
    }
    yield* pipeline.putContent([reader.end()], { step })
  }

  /**
   * The server asks for content although it has refused everybody. It gets none (RFC 2920 §3.1), and what it says to that does not
   * matter. An LMTP server owes a reply for each accepted recipient, so none: there it is simpler to part. So it is where the sender was refused and
   * a recipient accepted, who would get a letter of nothing.
   */
  *#sendNothing({ hasRecipient }: Transaction): Dialog<void> {
    if (this.#session.isLmtp || hasRecipient) throw sessionOver(undefined)
    const { contentEndMs } = this.#session.channel.deadlines
    this.#pipeline.put(LONE_DOT.octets, { timeoutMs: contentEndMs, take: () => true })
    yield* this.#pipeline.settle()
  }

  #readerOf(
    content: QueuedLetter['content'],
    transaction: Transaction,
    verb: 'DATA' | 'BDAT',
  ): ContentReader {
    const { channel, extensions } = this.#session
    return new ContentReader(content, {
      form: formOf(content, verb),
      pipeline: this.#pipeline,
      deadlines: channel.deadlines,
      transaction,
      sizeLimit: extensions.sizeLimit,
    })
  }

  *#sendChunks(transaction: Transaction, { content }: QueuedLetter): Dialog<void> {
    const reader = this.#readerOf(content, transaction, 'BDAT')
    try {
      if (yield* this.#sendAllChunks(transaction, reader)) return
    } catch (error) {
      if (!reader.hasFailed) throw error
      transaction.fail(error)
    }
    yield* this.#pipeline.giveBack()
    transaction.settle()
    // What was begun is forgotten together with the next letter, or by QUIT.
    this.#needsReset = true
  }

  /** Gives whether the last chunk was among them. It is not when everybody has been refused meanwhile. */
  *#sendAllChunks(transaction: Transaction, reader: ContentReader): Dialog<boolean> {
    const { contentEndMs } = this.#session.channel.deadlines
    const chunk = new Chunk()
    for (;;) {
      const maxOctets = this.#pipeline.blockOctets - MAX_BDAT_OCTETS
      const block = transaction.isRefused ? null : yield* reader.next(maxOctets)
      if (transaction.isRefused) return false
      if (block === null) break
      if (!chunk.hasRoomFor(block)) yield* this.#sendChunk(transaction, reader, chunk)
      this.#unconfirmedOctets += block.length
      if (chunk.add(block, reader)) yield* this.#sendChunk(transaction, reader, chunk)
    }
    const step = this.#lastChunkStep(transaction, contentEndMs)
    yield* this.#pipeline.putContent(chunk.takeLast(reader.end()), { step })
    reader.report()
    return true
  }

  *#sendChunk(transaction: Transaction, reader: ContentReader, chunk: Chunk): Dialog<void> {
    const { isLent } = reader
    const step = transaction.chunkStep(this.#session.channel.deadlines.contentMs)
    yield* this.#pipeline.putContent(chunk.take(), { step, isLent })
    reader.report()
    yield* this.#pipeline.makeRoom()
  }

  /** Whether a server forgets the envelope of content that it has refused is its own affair. */
  #lastChunkStep(transaction: Transaction, timeoutMs: number): Step {
    const step = transaction.endStep(timeoutMs)
    return {
      ...step,
      take: (reply) => {
        if (reply.isRefusal) this.#needsReset = true
        return step.take(reply)
      },
    }
  }
}
