import {
  CEILING,
  ceilingFigure,
  figure,
  type Line,
  median,
  peerFigure,
  type Target,
} from './figures.ts'
import type { Sink } from './sinks.ts'

/** The programs that send the same: ours, the peer, and one that composes nothing. */
export type Sender = 'obmen' | 'nodemailer' | 'raw'

/** What one round of one program took. */
export interface Run {
  readonly rate: number
  /** Of the client. */
  readonly cpu: number
}

/** The rounds of each program; `chunked` is ours with CHUNKING, where a sink was given that offers it. */
export type Runs<Measured extends Run = Run> = Readonly<
  Record<Sender | 'chunked', readonly Measured[]>
>

/** The programs take turns, so that what disturbs one disturbs the others too, once the sinks have been sent to: they are compiled as they run, like the programs. */
export async function takeTurns<Measured extends Run>(
  rounds: number,
  { sink, chunking }: { readonly sink: Sink; readonly chunking: Sink | undefined },
  send: (sender: Sender, sink: Sink) => Promise<Measured>,
): Promise<Runs<Measured>> {
  const runs = {
    obmen: new Array<Measured>(),
    chunked: new Array<Measured>(),
    nodemailer: new Array<Measured>(),
    raw: new Array<Measured>(),
  }
  await send('obmen', sink)
  if (chunking !== undefined) await send('obmen', chunking)
  for (let round = 0; round < rounds; round += 1) {
    runs.obmen.push(await send('obmen', sink))
    if (chunking !== undefined) runs.chunked.push(await send('obmen', chunking))
    runs.nodemailer.push(await send('nodemailer', sink))
    runs.raw.push(await send('raw', sink))
  }
  return runs
}

/** Programs that have just been started: those that send little and end pay for the compiling, and little else. */
export async function startLines(
  rounds: number,
  { unit, peer }: Pick<RateWords, 'unit' | 'peer'>,
  send: (sender: 'obmen' | 'nodemailer') => Promise<Run>,
): Promise<readonly Line[]> {
  const ours: Run[] = []
  const theirs: Run[] = []
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await send('obmen'))
    theirs.push(await send('nodemailer'))
  }
  return [
    figure('obmen, DATA', median(ratesOf(ours)), unit),
    peerFigure(peer, ratesOf(theirs), { ours: ratesOf(ours), unit }),
  ]
}

/** What is said of the rates. */
export interface RateWords {
  readonly unit: string
  /** What the peer is called. */
  readonly peer: string
  readonly target: Target
  /** Peers of other kinds, between it and the ceiling. */
  readonly others?: readonly Line[]
}

export function rateLines(runs: Runs, { unit, peer, target, others = [] }: RateWords): Line[] {
  const { obmen, chunked, nodemailer, raw } = runs
  const ours = ratesOf(obmen)
  return [
    figure('obmen, DATA', median(ours), unit),
    ...chunkingFigure('obmen, CHUNKING', ratesOf(chunked), unit),
    peerFigure(peer, ratesOf(nodemailer), { ours, unit, target }),
    ...others,
    peerFigure(CEILING, ratesOf(raw), { ours, unit }),
    ceilingFigure(ratesOf(raw), ratesOf(nodemailer)),
  ]
}

/** What the client answers for, however slow the sink is and whoever else is at work on the machine. */
export function costLines({ obmen, chunked, nodemailer, raw }: Runs, unit: string): Line[] {
  const costs = (of: readonly Run[]): readonly number[] => of.map(({ cpu }) => cpu)
  const beside = { ours: costs(obmen), unit, isCost: true } as const
  return [
    figure('CPU of the client: obmen, DATA', median(costs(obmen)), unit),
    ...chunkingFigure('CPU of the client: obmen, CHUNKING', costs(chunked), unit),
    peerFigure('CPU of the client: nodemailer', costs(nodemailer), beside),
    figure('CPU of the client: ready octets', median(costs(raw)), unit),
  ]
}

export function ratesOf(runs: readonly Run[]): readonly number[] {
  return runs.map(({ rate }) => rate)
}

function chunkingFigure(program: string, values: readonly number[], unit: string): Line[] {
  return values.length === 0 ? [] : [figure(program, median(values), unit)]
}
