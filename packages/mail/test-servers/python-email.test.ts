/** Letters of this package as another reader understands them: the `email` package of Python, by `policy.default`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'

import fc from 'fast-check'

import type { AddressListEntry } from '../src/mime.ts'
import { anyDraft, type DraftAndFiles } from '../test/mime/any-draft.ts'
import { compose } from '../test/mime/drafts.ts'

const TIMEOUT_MS = 60_000

const RUNS = 200

/** A name of ASCII that is no longer than this is written in one word, encoded or not. */
const SURELY_ONE_WORD = 30

/** A group; what stands in none is one without a name. */
interface ReadEntry {
  readonly group: string | null
  readonly members: readonly (readonly [displayName: string, addrSpec: string])[]
}

interface ReadLeaf {
  readonly type: string
  readonly charset: string | null
  readonly fileName: string | null
  readonly disposition: string | null
  readonly contentId: string | null
  /** Base64. */
  readonly content: string
}

interface ReadByPython {
  readonly subject: string | null
  readonly date: string
  readonly messageId: string
  readonly from: readonly ReadEntry[]
  readonly to: readonly ReadEntry[]
  readonly cc: readonly ReadEntry[]
  readonly leaves: readonly ReadLeaf[]
  readonly defects: readonly string[]
}

const python = spawn('python3', [join(import.meta.dirname, 'read-letters.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
after(() => python.stdin.end())

describe('A composed letter', { timeout: TIMEOUT_MS }, () => {
  it('is read by Python as it was drafted', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft, async (given) => {
        const read = await readByPython(await compose(given.draft))

        const { draft } = given
        assert.deepEqual(read.defects.filter(isUnintended), [])
        assert.equal(read.subject, draft.subject ?? null)
        assert.equal(Date.parse(read.date), draft.date.getTime())
        assert.equal(read.messageId, draft.messageId)
        assert.deepEqual(
          read.from.map(withoutBlanks),
          entriesOf([draft.from].flat()).map(withoutBlanks),
        )
        assert.deepEqual(read.to.map(withoutBlanks), entriesOf(draft.to ?? []).map(withoutBlanks))
        assert.deepEqual(read.cc.map(withoutBlanks), entriesOf(draft.cc ?? []).map(withoutBlanks))
        assert.deepEqual(read.leaves.filter(isFile).map(fileOf).toSorted(), filesOf(given))
        assert.deepEqual(read.leaves.filter((leaf) => !isFile(leaf)).map(textOf), textsOf(given))
      }),
      { numRuns: RUNS },
    )
  })
})

/**
 * RFC 2047 §5 forbids encoded words in the value of a parameter. `name` of Content-Type has one all the same, for programs that know no RFC 2231; the name that
 * counts is the one of Content-Disposition.
 */
function isUnintended(defect: string): boolean {
  return !defect.startsWith('content-type InvalidHeaderDefect')
}

async function readByPython(letter: Buffer): Promise<ReadByPython> {
  if (!python.stdin.write(`${letter.toString('base64')}\n`)) await once(python.stdin, 'drain')
  const { value } = await answers.next()
  const read: ReadByPython = JSON.parse(String(value))
  return read
}

function entriesOf(list: readonly AddressListEntry[]): readonly ReadEntry[] {
  return list.map((entry) => {
    const members = entry.kind === 'group' ? entry.members : [entry]
    return {
      group: entry.kind === 'group' ? (entry.displayName ?? null) : null,
      members: members.map(({ displayName = '', addrSpec }) => [displayName, addrSpec] as const),
    }
  })
}

/**
 * A name that is longer than one encoded word stands in several, and the blank between two of them is none of the name (RFC 2047 §6.2). Python keeps it
 * in names of people and groups, up to 3.12 at least; in a subject it does not.
 */
function withoutBlanks({ group, members }: ReadEntry): ReadEntry {
  const strip = (name: string): string => (isOneWord(name) ? name : name.replaceAll(/\s/g, ''))
  return {
    group: group === null ? null : strip(group),
    members: members.map(([name, addrSpec]) => [strip(name), addrSpec]),
  }
}

function isOneWord(name: string): boolean {
  return name.length <= SURELY_ONE_WORD && /^[\0-\x7f]*$/.test(name)
}

function isFile({ disposition }: ReadLeaf): boolean {
  return disposition !== null
}

function fileOf({ fileName, contentId, type, disposition, content }: ReadLeaf): string {
  return `${disposition} ${type} ${fileName ?? ''} ${contentId} ${content}`
}

function filesOf({ attached }: DraftAndFiles): readonly string[] {
  return attached
    .map(({ attachment, content }) => {
      const { disposition = 'attachment', contentType, fileName, contentId } = attachment
      const base64 = Buffer.from(content).toString('base64')
      return `${disposition} ${contentType} ${fileName ?? ''} <${contentId}> ${base64}`
    })
    .toSorted()
}

function textOf({ type, content }: ReadLeaf): string {
  return `${type} ${withoutEnd(Buffer.from(content, 'base64').toString())}`
}

/** A letter without anything is an empty text. */
function textsOf({ draft, attached }: DraftAndFiles): readonly string[] {
  const { text, html } = draft
  const texts = [
    ...(text === undefined ? [] : [`text/plain ${withoutEnd(text)}`]),
    ...(html === undefined ? [] : [`text/html ${withoutEnd(html)}`]),
  ]
  return texts.length + attached.length === 0 ? ['text/plain '] : texts
}

function withoutEnd(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\n$/, '')
}
