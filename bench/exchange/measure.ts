import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { figure, median, peerFigure, type Section } from '../mail/figures.ts'
import { type Figures, runProgram, startProgram } from '../programs.ts'

/** What is measured once, so that it can be repeated; the median of as many counts. */
const ROUNDS = 3
const NODES = 1000

/** Shows what an exchange costs: the application that writes, the exchange itself, the wire, the memory, and many nodes. */
export async function* measureExchange(rows: number): AsyncGenerator<Section> {
  yield* measureCapture(rows)
  yield measureWay(await repeat('whole-way', rows), rows)
  yield measurePhases(await repeat('phases', rows), rows)
  yield measureWire(await inFolder((folder) => run('wire', folder, rows)), rows)
  yield await measureMemory(rows)
  yield await measureIdle()
  yield await measureFanOut()
}

async function* measureCapture(rows: number): AsyncGenerator<Section> {
  const kinds = ['bare', 'obmen', 'full-row', 'row-per-node'] as const
  const figures = new Map<string, Figures[]>(kinds.map((kind) => [kind, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of kinds) {
      const some = await inFolder((folder) => {
        return runProgram('exchange/programs/capture.ts', [folder, kind, String(rows)])
      })
      figures.get(kind)?.push(some)
    }
  }
  for (const [name, title] of [
    ['insertMs', 'insert'],
    ['updateMs', 'update'],
  ] as const) {
    const perSecond = (kind: string): number[] =>
      (figures.get(kind) ?? []).map(
        (some) => ((some['rows'] ?? rows) / (some[name] ?? Number.NaN)) * 1000,
      )
    const ours = perSecond('obmen')
    const beside = { ours, unit: 'rows/s of CPU' }
    yield {
      title: `${title}: ${rows} rows in one transaction`,
      lines: [
        figure('with registration', median(ours), beside.unit),
        peerFigure('without', perSecond('bare'), {
          ...beside,
          target: { sense: 'at least', bound: 0.55 },
        }),
        peerFigure('the whole row as CSV (SymmetricDS)', perSecond('full-row'), {
          ...beside,
          target: { sense: 'at least', bound: 1 },
        }),
        peerFigure('a row for each of 10 nodes (1C)', perSecond('row-per-node'), {
          ...beside,
          target: { sense: 'at least', bound: 1 },
        }),
      ],
    }
  }
}

function measureWay(rounds: readonly Figures[], rows: number): Section {
  const ours = rounds.map(({ wayMs = Number.NaN }) => wayMs)
  const load = rounds.map(({ loadMs = Number.NaN }) => loadMs)
  return {
    title: `from one database to the other: ${rows} rows, fold, select, encode, compress, decode, apply, index`,
    lines: [
      figure('changed rows', median(ours), 'ms of CPU'),
      peerFigure(
        'a loop of prepared upserts of the same rows',
        rounds.map(({ bareUpsertMs = Number.NaN }) => bareUpsertMs),
        { ours, unit: 'ms of CPU', target: { sense: 'at most', bound: 2.5 } },
      ),
      peerFigure(
        'the same in the order of their keys, which is not that of the table',
        rounds.map(({ bareUpsertByKeyMs = Number.NaN }) => bareUpsertByKeyMs),
        { ours, unit: 'ms of CPU' },
      ),
      figure('new rows', median(load), 'ms of CPU'),
      peerFigure(
        'the same loop into an empty table',
        rounds.map(({ bareInsertMs = Number.NaN }) => bareInsertMs),
        { ours: load, unit: 'ms of CPU' },
      ),
    ],
  }
}

/** Each phase, and the least that could do the same by hand. */
const PHASES = [
  ['fold', 'fold the log', 'new numbers for as many entries'],
  ['read', 'read what has changed', 'the same join, all rows at once'],
  ['encode', 'encode, compress, seal, write', 'JSON.stringify and zstd, all at once'],
  ['verify', 'check the message', 'zstd'],
  ['decode', 'read the message', 'zstd and JSON.parse'],
  ['apply', 'judge, write, enter into the index', 'a loop of prepared upserts'],
] as const

function measurePhases(rounds: readonly Figures[], rows: number): Section {
  const valuesOf = (name: string): number[] => rounds.map((some) => some[name] ?? Number.NaN)
  return {
    title: `the phases of that way: ${rows} changed rows`,
    lines: PHASES.flatMap(([name, ours, peer]) => [
      figure(ours, median(valuesOf(name)), 'ms of CPU'),
      peerFigure(peer, valuesOf(`bare${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`), {
        ours: valuesOf(name),
        unit: 'ms of CPU',
      }),
    ]),
  }
}

function measureWire(figures: Figures, rows: number): Section {
  const { octets = Number.NaN } = figures
  const peer = (program: string, name: string, bound?: number): Section['lines'][number] =>
    peerFigure(program, [megabytes(figures[name])], {
      ours: [megabytes(octets)],
      unit: 'MB',
      ...(bound !== undefined && { target: { sense: 'at most', bound } }),
    })
  return {
    title: `on the wire: ${rows} rows`,
    lines: [
      figure('our messages', megabytes(octets), 'MB'),
      peer('XML of 1C', 'xmlOctets', 0.15),
      peer('XML of 1C, gzip', 'zippedXmlOctets'),
      peer('changeset of a SQLite session', 'changesetOctets'),
      peer('changeset of a SQLite session, gzip', 'zippedChangesetOctets'),
    ],
  }
}

/** A window of messages goes out before the other side has to answer, so both take turns until all rows are there. */
async function measureMemory(rows: number): Promise<Section> {
  const more = { office: 0, warehouse: 0 }
  await withMailHost('disk', async (folder) => {
    await run('sell', folder, rows)
    const turn = async (side: keyof typeof more, codes: readonly string[]): Promise<Figures> => {
      const figures = await runProgram('exchange/programs/partner.ts', [folder, ...codes])
      const { peakOctets = Number.NaN, idleOctets = Number.NaN } = figures
      more[side] = Math.max(more[side], megabytes(peakOctets - idleOctets))
      return figures
    }
    for (let applied = 0; applied < rows;) {
      await turn('office', ['ЦБ', 'С01'])
      const { applied: some = 0 } = await turn('warehouse', ['С01', 'ЦБ'])
      if (some === 0) throw new Error(`no more than ${applied} rows came`)
      applied += some
    }
  })
  const target = { sense: 'at most', bound: 150 } as const
  return {
    title: `memory beyond that of an idle process: ${rows} rows by mail`,
    lines: [
      figure('head office', more.office, 'MB', target),
      figure('warehouse', more.warehouse, 'MB', target),
    ],
  }
}

async function measureIdle(): Promise<Section> {
  const figures = await withMailHost('memory', (folder) => run('idle', folder, NODES))
  const target = { sense: 'at most', bound: 50 } as const
  return {
    title: `a cycle with ${NODES} nodes and nothing to do`,
    lines: [figure('head office', figures['idleMs'] ?? Number.NaN, 'ms of CPU', target)],
  }
}

async function measureFanOut(): Promise<Section> {
  const rounds: Figures[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await withMailHost('memory', (folder) => run('fan-out', folder, NODES)))
  }
  const perSecond = (name: string): number[] =>
    rounds.map((some) => (NODES / (some[name] ?? Number.NaN)) * 1000)
  const bodies = rounds.map((some) => some['bodies'] ?? Number.NaN)
  return {
    title: `one change to ${NODES} nodes`,
    lines: [
      figure('bodies encoded', median(bodies), '', { sense: 'at most', bound: 1 }),
      figure('letters with the change', median(perSecond('wallMs')), 'letters/s'),
      peerFigure('letters of the same size, just sent', perSecond('bareWallMs'), {
        ours: perSecond('wallMs'),
        unit: 'letters/s',
      }),
      figure('letters with the change', median(perSecond('cpuMs')), 'letters/s of CPU'),
      peerFigure('letters of the same size, just sent', perSecond('bareCpuMs'), {
        ours: perSecond('cpuMs'),
        unit: 'letters/s of CPU',
      }),
    ],
  }
}

async function repeat(program: string, count: number): Promise<readonly Figures[]> {
  const rounds: Figures[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await inFolder((folder) => run(program, folder, count)))
  }
  return rounds
}

function run(program: string, folder: string, count: number): Promise<Figures> {
  return runProgram(`exchange/programs/${program}.ts`, [folder, String(count)])
}

async function withMailHost<Result>(
  place: 'disk' | 'memory',
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  return inFolder(async (folder) => {
    const host = await startProgram('exchange/programs/mail-host.ts', [folder, place])
    try {
      return await work(folder)
    } finally {
      host.process.kill()
    }
  })
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function megabytes(octets: number | undefined): number {
  return (octets ?? Number.NaN) / 1e6
}
