import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

import { Interrupted } from '../../src/errors/site-error.ts'
import { runHere, temporaryFolderIn } from './demo-run.ts'

describe('Demo', () => {
  it('ends well, in lines that fit, and removes its folder', async () => {
    const { exitCode, out, err } = await runHere(['demo', '--lang', 'ru'])

    assert.equal(exitCode, 0, out + err)
    assert.doesNotMatch(out, /✗/)
    assert.match(out, /✓ С01 отложил сообщение 6: после 4 чего-то не хватало/)
    assert.match(out, /✓ ЦБ принял сообщение 6 один раз; второе письмо ничего не изменило/)
    assert.match(out, /✓ ЦБ записал сообщения 6 и 7 по порядку/)
    assert.match(out, /✓ на всех трёх узлах одинаково: 13 таблиц/)
    assert.deepEqual(
      out.split('\n').filter((line) => line.length > 100),
      [],
    )
    assert.notEqual(temporaryFolderIn(out), '')
    assert.equal(existsSync(temporaryFolderIn(out)), false)
  })

  it('shows no colours where nobody sees them, and none with NO_COLOR', async () => {
    const controller = new AbortController()
    const { out } = await runHere(['demo'], {
      isTerminal: true,
      env: { NO_COLOR: '1' },
      signal: controller.signal,
      onOut: () => controller.abort(new Interrupted('SIGINT')),
    })

    assert.doesNotMatch(out, /\u001B/)
  })

  it('ends badly when a table differs', async () => {
    let said = ''
    const { exitCode, out } = await runHere(['demo', '--lang', 'en'], {
      onOut: (text) => {
        said += text
        if (text.includes('6. The result')) changeAtTheLastMoment(temporaryFolderIn(said))
      },
    })

    assert.equal(exitCode, 65)
    assert.match(out, /✗ table Regions is the same on all sites/)
    assert.match(out, /✗ С02: nothing waits to be sent/)
    assert.match(out, /2 things are not as they should be/)
  })

  it('removes its folder when it is stopped', async () => {
    const controller = new AbortController()
    const { exitCode, out } = await runHere(['demo', '--lang', 'en'], {
      signal: controller.signal,
      onOut: (text) => {
        if (text.includes('2. The first load')) controller.abort(new Interrupted('SIGINT'))
      },
    })

    assert.equal(exitCode, 130)
    assert.notEqual(temporaryFolderIn(out), '')
    assert.equal(existsSync(temporaryFolderIn(out)), false)
  })
})

/** One more change, after the last exchange. */
function changeAtTheLastMoment(folder: string): void {
  using database = new DatabaseSync(join(folder, 'С02', 'northwind.db'))
  database.exec("UPDATE Regions SET RegionDescription = 'Nowhere' WHERE RegionID = 1")
}
