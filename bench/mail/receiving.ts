import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Figures, runProgram } from '../programs.ts'
import { type DovecotHost, startDovecotHost } from './dovecot.ts'
import { figure, type Line, median, peerFigure, type Section } from './figures.ts'
import { addLargeLetter, fillMaildir } from './mailboxes.ts'

const MEGABYTE = 1e6
const ROUNDS = 3
const LETTERS = 10_000
const ATTACHMENT_MEGABYTES = 50
const PERSONAL_LETTERS = 50_000
/** How many letters of people, and of the exchange, come between two looks. */
const NEW_LETTERS = 20

/** Mailboxes of a Dovecot, read by Obmen and by imapflow. */
export async function* measureReceiving(): AsyncGenerator<Section> {
  await using host = await startDovecotHost()
  if (host === undefined) {
    const program = 'dovecot (Debian: dovecot-imapd dovecot-pop3d; as root)'
    yield { title: 'mailboxes', lines: [{ program, value: undefined, unit: '' }] }
    return
  }
  await fillMaildir(host.maildirOf('headers'), LETTERS)
  const title = `the headers of ${LETTERS} letters`
  yield { title: `${title}, by IMAP`, lines: await measureImapHeaders(host) }
  yield { title: `${title}, by POP3`, lines: await measurePop3Headers(host) }
  addLargeLetter(host.maildirOf('file'), ATTACHMENT_MEGABYTES)
  const attachment = `an attachment of ${ATTACHMENT_MEGABYTES} MB, by IMAP to a file`
  yield { title: attachment, lines: await measureAttachment(host) }
  await fillMaildir(host.maildirOf('finding'), PERSONAL_LETTERS)
  yield* measureFinding(host)
}

type Program = 'obmen' | 'imapflow'

/** The programs take turns, after a round that fills the caches of the server and does not count. */
async function takeTurns(
  file: (program: Program) => string,
  args: readonly string[],
): Promise<Readonly<Record<Program, readonly Figures[]>>> {
  const runs: Record<Program, Figures[]> = { obmen: [], imapflow: [] }
  await runProgram(file('obmen'), args)
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const program of ['obmen', 'imapflow'] as const) {
      runs[program].push(await runProgram(file(program), args))
    }
  }
  return runs
}

async function measureImapHeaders({ imapPort }: DovecotHost): Promise<readonly Line[]> {
  const args = [imapPort, 'headers', LETTERS].map(String)
  const file = (program: Program): string =>
    program === 'obmen'
      ? 'mail/programs/obmen-imap-headers.ts'
      : 'mail/programs/imapflow-headers.ts'
  const runs = await takeTurns(file, args)
  return compare(runs, (ms) => (LETTERS / ms) * 1000, { unit: 'letters/s', bound: 4 })
}

async function measureAttachment({ imapPort }: DovecotHost): Promise<readonly Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    const path = join(folder, 'attachment')
    const file = (program: Program): string =>
      program === 'obmen'
        ? 'mail/programs/obmen-imap-attachment.ts'
        : 'mail/programs/imapflow-attachment.ts'
    const runs = await takeTurns(file, [String(imapPort), 'file', path])
    const megabytes = statSync(path).size / MEGABYTE
    return compare(runs, (ms) => (megabytes / ms) * 1000, { unit: 'MB/s of the file', bound: 3 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** By the clock, which the server has its part in, and by the processor time of the client alone. */
function compare(
  runs: Readonly<Record<Program, readonly Figures[]>>,
  rateOf: (ms: number) => number,
  { unit, bound }: { readonly unit: string; readonly bound: number },
): readonly Line[] {
  const rates = (program: Program): readonly number[] =>
    runs[program].map(({ elapsedMs = Number.NaN }) => rateOf(elapsedMs))
  const times = (program: Program): readonly number[] =>
    runs[program].map(({ processorMs = Number.NaN }) => processorMs)
  const target = { sense: 'at least', bound } as const
  return [
    figure('obmen', median(rates('obmen')), unit),
    peerFigure('imapflow', rates('imapflow'), { ours: rates('obmen'), unit, target }),
    figure('obmen, processor time', median(times('obmen')), 'ms'),
    peerFigure('imapflow, processor time', times('imapflow'), { ours: times('obmen'), unit: 'ms' }),
  ]
}

/** Counted, because the server takes longer for the letters than they take on a long way. */
async function measurePop3Headers({ pop3Port }: DovecotHost): Promise<readonly Line[]> {
  const args = [pop3Port, 'headers', LETTERS].map(String)
  const read = (): Promise<Figures> => runProgram('mail/programs/obmen-pop3-headers.ts', args)
  await read()
  const { elapsedMs = Number.NaN, roundTrips = Number.NaN } = await read()
  return [
    figure('obmen', (LETTERS / elapsedMs) * 1000, 'letters/s'),
    figure('obmen, with pipelining', roundTrips / (LETTERS / 100), 'round trips/100', {
      sense: 'at most',
      bound: 1,
    }),
  ]
}

/** What an exchange costs in a mailbox of somebody's own: at the first look, and when a few letters have come since. */
async function* measureFinding(host: DovecotHost): AsyncGenerator<Section> {
  for (const protocol of ['imap', 'pop3'] as const) {
    const port = protocol === 'imap' ? host.imapPort : host.pop3Port
    const args = [protocol, port, 'finding', host.maildirOf('finding'), NEW_LETTERS].map(String)
    const figures = await runProgram('mail/programs/obmen-finding.ts', args)
    const lines = ['first look', 'second look', `${NEW_LETTERS} new ones`].flatMap(
      (look, index) => {
        const of = (name: string): number => figures[`${name}${index}`] ?? Number.NaN
        return [
          figure(`${look}, octets`, of('octets'), 'octets'),
          figure(`${look}, round trips`, of('roundTrips'), 'round trips'),
        ]
      },
    )
    yield {
      title: `exchange letters among ${PERSONAL_LETTERS} of people, by ${protocol.toUpperCase()}`,
      lines,
    }
  }
}
