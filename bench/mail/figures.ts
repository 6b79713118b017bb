/** What a ratio or a figure was hoped to be. */
export interface Target {
  readonly sense: 'at least' | 'at most'
  readonly bound: number
}

/** One figure of one program. */
export interface Line {
  readonly program: string
  /** `undefined` when the program is not on this machine. */
  readonly value: number | undefined
  readonly unit: string
  /** How many times this peer's figure Obmen's is; of a cost, how many times Obmen's this one is. */
  readonly ratio?: number
  /** The less the better. */
  readonly isCost?: true
  readonly target?: Target & { readonly isMet: boolean }
}

/** Figures that are to be compared with each other. */
export interface Section {
  readonly title: string
  readonly lines: readonly Line[]
}

/** What a peer's figures are compared with. */
interface Beside {
  readonly ours: readonly number[]
  readonly unit: string
  /** The less the better, so the ratio is the other way round: from 1 on Obmen is the better one, as always. */
  readonly isCost?: true
  readonly target?: Target
}

/** A figure that stands for itself, or is judged by itself. */
export function figure(program: string, value: number, unit: string, target?: Target): Line {
  return {
    program,
    value,
    unit,
    ...(target && { target: { ...target, isMet: meets(value, target) } }),
  }
}

/**
 * The median of a peer's figures beside ours. The ratio is the median of the rounds' ratios: what disturbs the machine
 * disturbs both programs of a round. Without figures the peer is not on this machine.
 */
export function peerFigure(program: string, values: readonly number[], beside: Beside): Line {
  const { ours, unit, isCost, target } = beside
  if (values.length === 0) return { program, value: undefined, unit }
  const ratios = values.map((value, round) => (ours[round] ?? Number.NaN) / value)
  const ratio = median(isCost === undefined ? ratios : ratios.map((each) => 1 / each))
  return {
    program,
    value: median(values),
    unit,
    ratio,
    ...(isCost && { isCost }),
    ...(target && { target: { ...target, isMet: meets(ratio, target) } }),
  }
}

/** What a client does that has its letters ready and composes nothing: no client gets more out of this server on this machine. */
export const CEILING = 'the ceiling: ready octets with DATA'

/** How many times a peer's figure any client could have at most: a target above that can't be met here. */
export function ceilingFigure(ceiling: readonly number[], peer: readonly number[]): Line {
  const ratios = ceiling.map((value, round) => value / (peer[round] ?? Number.NaN))
  return figure('the ceiling beside nodemailer', median(ratios), '× nodemailer')
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function formatSection({ title, lines }: Section): string {
  return [title, ...lines.map(formatLine)].join('\n')
}

function meets(value: number, { sense, bound }: Target): boolean {
  return sense === 'at least' ? value >= bound : value <= bound
}

const PROGRAM_WIDTH = 44
const VALUE_WIDTH = 9
const UNIT_WIDTH = 20

function formatLine({ program, value, unit, ratio, isCost, target }: Line): string {
  const label = `  ${program.padEnd(PROGRAM_WIDTH)}`
  if (value === undefined) return `${label}${'missing here'.padStart(VALUE_WIDTH)}`
  const words = [
    ratio === undefined ? '' : `obmen: ${formatNumber(ratio)} ×${isCost ? ' less' : ''}`,
    target === undefined
      ? ''
      : `target ${target.sense === 'at least' ? '≥' : '≤'} ${target.bound}: ${target.isMet ? 'met' : 'missed'}`,
  ]
  const line = `${label}${formatNumber(value).padStart(VALUE_WIDTH)} ${unit.padEnd(UNIT_WIDTH)}`
  return `${line}${words.filter((word) => word !== '').join(', ')}`.trimEnd()
}

/** Three digits that count are enough for what differs by some percent from run to run. */
function formatNumber(value: number): string {
  return value.toLocaleString(
    'en',
    value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  )
}
