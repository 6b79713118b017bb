/** What every store keeps as JSON: a node's standing, rows that it has set aside, parts of tables. */
import { isArray } from '../message/json.ts'
import type { SetAside, SetAsideRow } from '../plan/message-header.ts'
import type { Standing, Stop } from '../plan/standing.ts'

/** Empty when there is nothing to say. */
export function formatStanding(standing: Standing | undefined): string {
  return standing === undefined ? '' : JSON.stringify(standing)
}

export function parseStanding(text: string): Standing | undefined {
  if (text === '') return undefined
  const json = toMap(JSON.parse(text))
  const peer = toMap(json.get('peer'))
  const stop = readStop(json.get('stop'))
  return {
    forks: readNumber(json.get('forks')),
    forkedAt: readNumber(json.get('forkedAt')),
    lives: readTexts(json.get('lives')),
    peer: {
      lives: readTexts(peer.get('lives')),
      ended: readTexts(peer.get('ended')),
      returns: readArray(peer.get('returns')).filter((at) => typeof at === 'number'),
    },
    ...(stop !== undefined && { stop }),
    ...(typeof json.get('checkedAt') === 'number' && {
      checkedAt: readNumber(json.get('checkedAt')),
    }),
  }
}

export function formatSetAsideRows(rows: SetAside['rows']): string {
  return JSON.stringify(rows.map(({ table, key, reason }) => [table, key, reason]))
}

export function parseSetAsideRows(text: string): SetAsideRow[] {
  return readArray(JSON.parse(text)).map((row) => {
    const [table = '', key = '', reason = ''] = readTexts(row)
    return { table, key, reason }
  })
}

export function formatParts(parts: readonly number[]): string {
  return JSON.stringify(parts)
}

export function parseParts(text: string): number[] {
  return readArray(JSON.parse(text)).filter((part) => typeof part === 'number')
}

function readStop(json: unknown): Stop | undefined {
  if (json === undefined) return undefined
  const stop = toMap(json)
  const twice = stop.get('twice') === 'here' ? 'here' : 'there'
  return { twice, since: readNumber(stop.get('since')) }
}

function toMap(json: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof json === 'object' && json !== null ? Object.entries(json) : [])
}

function readNumber(json: unknown): number {
  return typeof json === 'number' ? json : 0
}

function readTexts(json: unknown): string[] {
  return readArray(json).filter((text) => typeof text === 'string')
}

function readArray(json: unknown): readonly unknown[] {
  return isArray(json) ? json : []
}
