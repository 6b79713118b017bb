import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { outlineOf } from '../markdown.ts'

describe('Markdown outline', () => {
  it('finds a block with its language, what follows it, and its line', () => {
    const { blocks } = outlineOf('a\n\n```yaml configuration\nx: 1\n```\n')

    assert.deepEqual(blocks, [{ language: 'yaml', info: 'configuration', text: 'x: 1\n', line: 3 }])
  })

  it('takes the indentation of a block in a list away', () => {
    const { blocks } = outlineOf('1. a\n\n   ```sh\n   npm ci\n     more\n   ```\n')

    assert.equal(blocks[0]?.text, 'npm ci\n  more\n')
  })

  it('leaves a shorter fence inside a longer one alone', () => {
    const { blocks } = outlineOf('````md\n```ts\nx\n```\n````\n')

    assert.deepEqual(
      blocks.map(({ language, text }) => [language, text]),
      [['md', '```ts\nx\n```\n']],
    )
  })

  it('finds headings with their level, but not in code', () => {
    const { headings } = outlineOf('# A\n```sh\n# comment\n```\n### C ###\n')

    assert.deepEqual(headings, [
      { level: 1, title: 'A', line: 1 },
      { level: 3, title: 'C', line: 5 },
    ])
  })
})
