import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Io } from '../../src/output/io.ts'
import { Progress } from '../../src/output/progress.ts'

function watch({ isTerminal }: { isTerminal: boolean }): { progress: Progress; written: string[] } {
  const written: string[] = []
  const io: Io = {
    out: () => assert.fail('progress is not a result'),
    err: (text) => void written.push(text),
    isTerminal,
    columns: 20,
    cwd: '.',
    env: {},
    systemLocale: 'en',
    now: () => 0,
    input: () => Promise.resolve(''),
    interruption: () => new AbortController().signal,
  }
  return { progress: new Progress(io), written }
}

describe('progress', () => {
  it('on a terminal writes one line again and again, and clears it before what stays', () => {
    const { progress, written } = watch({ isTerminal: true })

    progress.show('applying 1 of 2')
    progress.show('applying 2 of 2')
    progress.note('applied')
    progress.end()

    const clear = '\r\u001B[K'
    assert.deepEqual(written, [
      `${clear}applying 1 of 2`,
      `${clear}applying 2 of 2`,
      clear,
      'applied\n',
    ])
  })

  it('on a terminal never writes beyond the line', () => {
    const { progress, written } = watch({ isTerminal: true })

    progress.show('x'.repeat(100))

    assert.equal(written[0]?.length, '\r\u001B[K'.length + 19)
  })

  it('elsewhere writes only what stays', () => {
    const { progress, written } = watch({ isTerminal: false })

    progress.show('applying 1 of 2')
    progress.note('applied')
    progress.end()

    assert.deepEqual(written, ['applied\n'])
  })
})
