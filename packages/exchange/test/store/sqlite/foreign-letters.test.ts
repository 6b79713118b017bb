import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ForeignLetters } from '@obmen/exchange/sqlite'

import { PreparedDatabase } from './prepared-database.ts'

describe('the memory of foreign letters', () => {
  it('holds what it was given last, and nothing at first', () => {
    const { database } = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    const letters = new ForeignLetters(database)
    const atFirst = letters.all()

    letters.replace(new Set(['a', 'b', `it's "c"`]))
    letters.replace(new Set(['b', `it's "c"`, 'd']))

    assert.deepEqual(atFirst, new Set())
    assert.deepEqual(letters.all(), new Set(['b', 'd', `it's "c"`]))
  })

  it('outlives the object, and forgets everything when the mailbox is empty', () => {
    const { database } = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    new ForeignLetters(database).replace(new Set(['a']))
    const kept = new ForeignLetters(database).all()

    new ForeignLetters(database).replace(new Set())

    assert.deepEqual(kept, new Set(['a']))
    assert.deepEqual(new ForeignLetters(database).all(), new Set())
  })

  it('keeps what it held, and no transaction open, when writing fails', () => {
    const { database } = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    const letters = new ForeignLetters(database)
    letters.replace(new Set(['a']))
    database.exec(`CREATE TRIGGER full BEFORE DELETE ON obmen_foreign_letter
      BEGIN SELECT raise(ABORT, 'disk full'); END`)

    assert.throws(() => letters.replace(new Set(['b'])), /disk full/)

    assert.equal(database.isTransaction, false)
    assert.deepEqual(letters.all(), new Set(['a']))
  })

  it('writes nothing when nothing is new', () => {
    const { database } = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    const letters = new ForeignLetters(database)
    letters.replace(new Set(['a', 'b']))
    const before = database.prepare('SELECT total_changes() AS n').get()

    letters.replace(new Set(['b', 'a']))

    assert.deepEqual(database.prepare('SELECT total_changes() AS n').get(), before)
    assert.equal(database.isTransaction, false)
  })
})
