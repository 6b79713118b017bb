import { runProgram } from '../programs.ts'
import { figure, type Section } from './figures.ts'
import { type Sink, startDelayingProxy, startDiscardingSink } from './sinks.ts'

const LETTERS = 100
/** Each way. */
const DELAY_MS = 50

/** How often a client waits for the server, seen from the time that letters take on a long way. */
export async function* measureRoundTrips(): AsyncGenerator<Section> {
  using sink = await startDiscardingSink()
  using chunkingSink = await startDiscardingSink('chunking')
  using far = await startDelayingProxy(sink, DELAY_MS)
  using farChunking = await startDelayingProxy(chunkingSink, DELAY_MS)
  // Side by side: all they do is wait.
  const [data, chunking, nodemailer] = await Promise.all([
    roundTrips('obmen', far),
    roundTrips('obmen', farChunking),
    roundTrips('nodemailer', far),
  ])
  const unit = 'round trips/letter'
  yield {
    title: `${LETTERS} letters over one connection with ${DELAY_MS} ms each way`,
    lines: [
      figure('obmen, DATA', data, unit, { sense: 'at most', bound: 1 }),
      figure('obmen, CHUNKING', chunking, unit, { sense: 'at most', bound: 0.2 }),
      figure('nodemailer, pool of one connection', nodemailer, unit),
    ],
  }
}

/** The connection is opened before the clock starts: with a letter that does not count. */
async function roundTrips(program: 'obmen' | 'nodemailer', { port }: Sink): Promise<number> {
  const file = `mail/programs/${program}-letters.ts`
  const { elapsedMs = Number.NaN } = await runProgram(file, [port, 1, LETTERS, LETTERS].map(String))
  return elapsedMs / (2 * DELAY_MS) / LETTERS
}
