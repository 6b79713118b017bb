import { runProgram } from '../programs.ts'
import { figure, type Section } from './figures.ts'
import { type Sink, startDelayingProxy, startDiscardingSink } from './sinks.ts'

const LETTERS = 100
/** Each way. */
const DELAY_MS = 50

/** One for each letter, and one for the envelope of the first: that of each other one goes with the content before it. */
const DATA_BOUND = 1.05
const CHUNKING_BOUND = 0.2

/** How often a client waits for the server, seen from the time that letters take on a long way. */
export async function* measureRoundTrips(): AsyncGenerator<Section> {
  using sink = await startDiscardingSink()
  using chunkingSink = await startDiscardingSink('chunking')
  using far = await startDelayingProxy(sink, DELAY_MS)
  using farChunking = await startDelayingProxy(chunkingSink, DELAY_MS)
  // Side by side: all they do is wait. What timers and a busy machine add to the delay, they add to all.
  const [{ roundTripMs = 2 * DELAY_MS }, data, chunking, nodemailer] = await Promise.all([
    runProgram('mail/programs/round-trip.ts', [String(far.port)]),
    sendingTime('obmen', far),
    sendingTime('obmen', farChunking),
    sendingTime('nodemailer', far),
  ])
  const each = (elapsedMs: number): number => elapsedMs / roundTripMs / LETTERS
  const unit = 'round trips/letter'
  yield {
    title: `${LETTERS} letters over one connection with ${DELAY_MS} ms each way`,
    lines: [
      figure('obmen, DATA', each(data), unit, { sense: 'at most', bound: DATA_BOUND }),
      figure('obmen, CHUNKING', each(chunking), unit, { sense: 'at most', bound: CHUNKING_BOUND }),
      figure('nodemailer, pool of one connection', each(nodemailer), unit),
    ],
  }
}

/** The connection is opened before the clock starts: with a letter that does not count. */
async function sendingTime(program: 'obmen' | 'nodemailer', { port }: Sink): Promise<number> {
  const file = `mail/programs/${program}-letters.ts`
  const { elapsedMs = Number.NaN } = await runProgram(file, [port, 1, LETTERS, LETTERS].map(String))
  return elapsedMs
}
