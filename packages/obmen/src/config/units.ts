import { ValueInvalid } from '../errors/value-error.ts'

interface Unit {
  readonly factor: number
  /** The first is what {@link formatSize} writes. */
  readonly names: readonly string[]
}

const SIZE_UNITS: readonly Unit[] = [
  { factor: 1024 ** 3, names: ['GB', 'GiB', 'ГБ'] },
  { factor: 1024 ** 2, names: ['MB', 'MiB', 'МБ'] },
  { factor: 1024, names: ['KB', 'KiB', 'КБ'] },
  { factor: 1, names: ['octets', 'octet', 'bytes', 'byte', 'B', 'байт', 'Б'] },
]

const DURATION_UNITS: readonly Unit[] = [
  { factor: 86_400_000, names: ['day', 'days', 'd', 'день', 'дня', 'дней', 'сутки', 'суток'] },
  { factor: 3_600_000, names: ['hour', 'hours', 'h', 'час', 'часа', 'часов'] },
  { factor: 60_000, names: ['minute', 'minutes', 'min', 'минута', 'минуты', 'минут', 'мин'] },
  {
    factor: 1_000,
    names: ['second', 'seconds', 's', 'sec', 'секунда', 'секунды', 'секунд', 'сек'],
  },
]

/** What a number has to lie between, both ends included. */
export interface Bounds {
  readonly lowest: number
  readonly highest: number
  /** What is advised for one that does not; by default the lowest. */
  readonly usual?: number
}

/** Reads `10 MB`, `500 КБ`, `1.5 GB`, `20000 octets` as octets; 1 KB is 1024. Throws {@link ValueInvalid}. */
export function parseSize(text: string, bounds: Bounds): number {
  const octets = parseWithUnit(text, SIZE_UNITS)
  if (octets === undefined) {
    throw new ValueInvalid({ text, expected: 'size', example: '10 MB' })
  }
  return check(Math.round(octets), bounds, { text, expected: 'size', format: formatSize })
}

/** Reads `1 day`, `12 hours`, `30 минут` as milliseconds. Throws {@link ValueInvalid}. */
export function parseDuration(text: string, bounds: Bounds): number {
  const ms = parseWithUnit(text, DURATION_UNITS)
  if (ms === undefined) {
    throw new ValueInvalid({ text, expected: 'duration', example: '1 day' })
  }
  return check(Math.round(ms), bounds, { text, expected: 'duration', format: formatDuration })
}

/** Reads a whole number. Throws {@link ValueInvalid}. */
export function parseCount(text: string, bounds: Bounds): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new ValueInvalid({
      text,
      expected: 'count',
      example: String(bounds.usual ?? bounds.lowest),
    })
  }
  return check(Number(text), bounds, { text, expected: 'count', format: String })
}

/** Octets in the largest unit that gives a whole number: `10 MB`. {@link parseSize} reads it back. */
export function formatSize(octets: number): string {
  const unit = SIZE_UNITS.find(({ factor }) => octets % factor === 0)
  return `${octets / (unit?.factor ?? 1)} ${unit?.names[0] ?? ''}`
}

/** Milliseconds in the largest unit that gives a whole number: `2 days`. {@link parseDuration} reads it back. */
export function formatDuration(ms: number): string {
  const unit = DURATION_UNITS.find(({ factor }) => ms % factor === 0)
  const count = ms / (unit?.factor ?? 1)
  return `${count} ${unit?.names[count === 1 ? 0 : 1] ?? ''}`
}

function parseWithUnit(text: string, units: readonly Unit[]): number | undefined {
  const match = /^(\d{1,12}(?:[.,]\d{1,3})?)\s*(\p{L}+)$/u.exec(text.trim())
  const [, number, name] = match ?? []
  if (number === undefined || name === undefined) return undefined
  const unit = units.find(({ names }) =>
    names.some((known) => known.toLowerCase() === name.toLowerCase()),
  )
  return unit && Number(number.replace(',', '.')) * unit.factor
}

function check(
  number: number,
  { lowest, highest, usual = lowest }: Bounds,
  facts: {
    readonly text: string
    readonly expected: 'size' | 'duration' | 'count'
    readonly format: (number: number) => string
  },
): number {
  if (number >= lowest && number <= highest) return number
  const { text, expected, format } = facts
  const bounds = [format(lowest), format(highest)] as const
  throw new ValueInvalid({ text, expected, example: format(usual), bounds })
}
