import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

import { ConfigInvalid, type Place } from '../errors/config-error.ts'
import type { RawSetting } from './raw-setting.ts'

/**
 * Reads the text of a configuration file. By the failsafe schema every scalar is a text, so a node's code `007` or `no` stays what
 * it is. Throws {@link ConfigInvalid}.
 */
export function readYaml(text: string, path: string): ReadonlyMap<string, RawSetting> {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', lineCounter, prettyErrors: false })
  const place = (offset: number): Place => {
    return { kind: 'file', path, line: lineCounter.linePos(offset).line }
  }
  const [mistake] = [...document.errors, ...document.warnings]
  if (mistake !== undefined) {
    const { code, message } = mistake
    throw new ConfigInvalid(place(mistake.pos[0]), {
      kind: 'not-yaml',
      yamlCode: code,
      words: message,
    })
  }
  if (!isMap(document.contents)) {
    throw new ConfigInvalid({ kind: 'file', path }, { kind: 'not-settings' })
  }
  const root = readNode(document.contents, place)
  return root.kind === 'map' ? root.entries : new Map()
}

function readNode(node: unknown, place: (offset: number) => Place): RawSetting {
  if (isScalar(node)) {
    return { kind: 'text', text: String(node.value), place: place(node.range?.[0] ?? 0) }
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => readNode(item, place))
    return { kind: 'list', items, place: place(node.range?.[0] ?? 0) }
  }
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => {
      const name = readNode(key, place)
      if (name.kind !== 'text') throw notText(name.place)
      // The line of the name is where a person looks for a setting, also when its value follows below.
      return [name.text, { ...readNode(value, place), place: name.place }] as const
    })
    return { kind: 'map', entries: new Map(entries), place: place(node.range?.[0] ?? 0) }
  }
  // Anchors and aliases have no use in a file of fifteen lines.
  throw notText(place(isAlias(node) ? (node.range?.[0] ?? 0) : 0))
}

function notText(place: Place): ConfigInvalid {
  const words = 'names must be plain words, and references (*) are not used'
  return new ConfigInvalid(place, { kind: 'not-yaml', yamlCode: 'NOT_TEXT', words })
}
