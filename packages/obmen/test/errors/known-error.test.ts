import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { knowError } from '../../src/errors/known-error.ts'
import {
  DatabaseBusy,
  DatabaseUnusable,
  FileUnusable,
  Unexpected,
} from '../../src/errors/site-error.ts'
import { TestSite } from '../test-site.ts'
import { EVERY_ERROR } from './every-error.ts'

/** What `action` throws. */
function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

describe('whatever is thrown', () => {
  it('stays what it is when one of the packages made it', () => {
    for (const error of Object.values(EVERY_ERROR)) assert.equal(knowError(error), error)
  })

  it('is a busy database when another program writes', () => {
    using site = new TestSite('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    using writer = new DatabaseSync(site.pathOf('trade.db'))
    using reader = new DatabaseSync(site.pathOf('trade.db'))
    writer.exec('BEGIN IMMEDIATE')

    const known = knowError(thrownBy(() => reader.exec('BEGIN IMMEDIATE')))

    assert.ok(known instanceof DatabaseBusy)
    assert.equal(known.code, 'DATABASE_BUSY')
  })

  it('is an unusable database in the words of SQLite', () => {
    using database = new DatabaseSync(':memory:')

    const known = knowError(thrownBy(() => database.exec('SELECT * FROM nowhere')))

    assert.ok(known instanceof DatabaseUnusable)
    assert.equal(known.words, 'no such table: nowhere')
  })

  it('is an unusable file with its path', () => {
    const known = knowError(thrownBy(() => readFileSync(tmpdir())))

    assert.ok(known instanceof FileUnusable)
    assert.equal(known.systemCode, 'EISDIR')
    assert.equal(known.hint, 'name a file: this is a folder')
  })

  it('is a mistake of the program otherwise, and keeps its cause', () => {
    const cause = new TypeError('x is not iterable')

    const known = knowError(cause)

    assert.ok(known instanceof Unexpected)
    assert.equal(known.cause, cause)
    assert.equal(known.message, 'something unexpected happened: x is not iterable')
  })
})
