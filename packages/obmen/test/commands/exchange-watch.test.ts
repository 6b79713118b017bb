import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type NodeCode, parseNodeCode } from '@obmen/exchange'
import { ConnectionFailed } from '@obmen/mail/errors'

import { ExchangeWatch } from '../../src/commands/exchange-watch.ts'
import { en } from '../../src/locale/en.ts'
import type { Messages } from '../../src/locale/messages.ts'
import { ru } from '../../src/locale/ru.ts'
import type { Io } from '../../src/output/io.ts'
import { Progress } from '../../src/output/progress.ts'

/** What is told of an exchange in which each node has the same trouble, twice. */
function toldOf(codes: readonly string[], messages: Messages): readonly string[] {
  const written: string[] = []
  const io: Io = {
    out: () => assert.fail('a problem is not a result'),
    err: (text) => void written.push(text),
    isTerminal: false,
    columns: 80,
    cwd: '.',
    env: {},
    systemLocale: 'en',
    now: () => 0,
    input: () => Promise.resolve(''),
    interruption: () => new AbortController().signal,
  }
  const watch = new ExchangeWatch(new Progress(io), messages, {
    spoolFolder: 'spool',
  })
  for (const node of [...codes, ...codes].map(parseNodeCode)) watch.take(troubleOf(node))
  watch.end()
  return written.join('').trimEnd().split('\n')
}

function troubleOf(node: NodeCode): Parameters<ExchangeWatch['take']>[0] {
  const facts = { host: 'mail.test', port: 465, systemCode: 'ECONNREFUSED' }
  const error = new ConnectionFailed({ ...facts, cause: undefined })
  return { kind: 'problem', node, error }
}

describe('trouble with several nodes', () => {
  it('of one kind is told once, with the names of the others behind it', () => {
    const [first, hint, same, ...more] = toldOf(['С01', 'С02', 'С03'], en)

    const words = 'connecting to mail.test:465 failed: nobody answers at this port (ECONNREFUSED)'
    assert.equal(first, `error: node С01: ${words}`)
    assert.match(hint ?? '', /^try: /)
    assert.equal(same, `error: the same (nodes С02, С03): ${words}`)
    assert.deepEqual(more, [])
  })

  it('with one node only is told as it is', () => {
    assert.equal(toldOf(['С01'], en).length, 2)
  })

  it('of many names the first ones', () => {
    const codes = Array.from({ length: 1001 }, (_, index) => `Т${index}`)

    const told = toldOf(codes, ru)

    assert.equal(told.length, 3)
    assert.match(
      told.at(-1) ?? '',
      /^ошибка: то же \(узлы Т1, Т2, .*, Т10 и ещё 990\): не удалось соединиться с mail\.test:465: /,
    )
  })
})
