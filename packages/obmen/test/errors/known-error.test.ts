import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { knowError } from '../../src/errors/known-error.ts'
import {
  DatabaseBusy,
  DatabaseUnusable,
  DiskUnusable,
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

  it('is a database that can only be read', () => {
    using site = new TestSite('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    using reader = new DatabaseSync(site.pathOf('trade.db'), { readOnly: true })

    const known = knowError(thrownBy(() => reader.exec('INSERT INTO t VALUES (1)')))

    assert.match(known.message, /^the database can't be written to: the file or its folder is /)
  })

  it("is a database that can't be opened", () => {
    using site = new TestSite()

    const known = knowError(thrownBy(() => new DatabaseSync(site.pathOf('nowhere/trade.db'))))

    assert.match(known.message, /^the database or its journal can't be opened: /)
  })

  it('is a full disk when the database has no room to grow', () => {
    using database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 2')

    const known = knowError(
      thrownBy(() => database.exec('INSERT INTO t VALUES (zeroblob(100000))')),
    )

    assert.ok(known instanceof DiskUnusable)
    assert.equal(known.message, "the database can't be written to: the disk is full")
  })

  it('is a full disk in the folder whose open files an error does not name', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })

    const known = knowError(error, '/srv/obmen-spool')

    assert.ok(known instanceof DiskUnusable)
    assert.equal(known.message, "/srv/obmen-spool can't be written to: the disk is full")
  })

  it('is a full disk when a database in WAL mode can have no shared memory beside it', () => {
    const error = Object.assign(new Error('disk I/O error'), {
      code: 'ERR_SQLITE_ERROR',
      errcode: 4874,
    })

    const known = knowError(error)

    assert.ok(known instanceof DiskUnusable)
    assert.equal(known.problem, 'full')
  })

  it('is a disk that fails when a file may not become that large', () => {
    const error = Object.assign(new Error('EFBIG: file too large, write'), {
      code: 'EFBIG',
      syscall: 'write',
    })

    const known = knowError(error, '/srv/obmen-spool')

    assert.ok(known instanceof DiskUnusable)
    assert.equal(known.problem, 'failing')
    assert.match(known.hint ?? '', /how much this user may write/)
  })

  it('is an unusable file with its path', () => {
    const known = knowError(thrownBy(() => readFileSync(tmpdir())))

    assert.ok(known instanceof FileUnusable)
    assert.equal(known.systemCode, 'EISDIR')
    assert.equal(known.hint, 'name a file')
  })

  it('is a mistake of the program otherwise, and keeps its cause', () => {
    const cause = new TypeError('x is not iterable')

    const known = knowError(cause)

    assert.ok(known instanceof Unexpected)
    assert.equal(known.cause, cause)
    assert.equal(known.message, 'something unexpected happened: x is not iterable')
  })
})
