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
  const json = toFields(JSON.parse(text))
  const peer = toFields(json['peer'])
  const stop = readStop(json['stop'])
  return {
    forks: readNumber(json['forks']),
    forkedAt: readNumber(json['forkedAt']),
    lives: readTexts(json['lives']),
    peer: {
      lives: readTexts(peer['lives']),
      ended: readTexts(peer['ended']),
      returns: readArray(peer['returns']).filter((at) => typeof at === 'number'),
    },
    ...(stop !== undefined && { stop }),
    ...(json['isChosen'] === true && { isChosen: true }),
    ...(typeof json['checkedAt'] === 'number' && {
      checkedAt: readNumber(json['checkedAt']),
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
  const stop = toFields(json)
  const twice = stop['twice'] === 'here' ? 'here' : 'there'
  return { twice, since: readNumber(stop['since']) }
}

/** It is read whenever a node is: what belongs to it is looked at where it is. */
function toFields(json: unknown): Fields {
  return isFields(json) ? json : {}
}

type Fields = Readonly<Record<string, unknown>>

function isFields(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null
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
