import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'

import type { ApplyDatabase } from '../../../src/store/apply/apply-database.ts'
import { HeldRows } from '../../../src/store/apply/held-rows.ts'
import { OwnVersions } from '../../../src/store/apply/own-versions.ts'
import { RowWriter } from '../../../src/store/apply/row-writer.ts'
import { WaitingVersions } from '../../../src/store/apply/waiting-versions.ts'
import type { TableTarget } from '../../../src/store/apply/table-target.ts'
import { deletion, tableLine } from '../store-language.ts'

const never = (): never => assert.fail('nobody has to ask')

/** A table whose rows are all referred to. */
const TARGET: TableTarget = {
  line: tableLine('groups', 1, { id: 'integer' }),
  isParent: true,
  entriesOf: (rows) => Promise.resolve(rows.map(() => undefined)),
  areReferredTo: (rows) => Promise.resolve(rows.map(() => true)),
  writePlain: never,
  presentRows: never,
  missingParents: never,
  write: never,
  record: never,
  depart: never,
  takeOut: never,
  putBack: never,
}

const DATABASE: ApplyDatabase = {
  leftOut: never,
  targetFor: never,
  tentatively: never,
  waitingRows: never,
  keepWaiting: never,
  forgetWaiting: never,
  keepConflict: never,
  forgottenStamp: never,
  conflict: never,
  closeConflict: never,
  finish: never,
}

describe('deletions of rows that others refer to', () => {
  it('are held, however many there are', async () => {
    const [thisNode, via] = [parseNodeCode('ЦБ'), parseNodeCode('С01')]
    const versions = new OwnVersions(new WaitingVersions(DATABASE), thisNode)
    const held = new HeldRows({
      database: DATABASE,
      writer: new RowWriter(versions, 0),
      versions,
      thisNode,
      sender: { code: via, acknowledgedSeq: 0, nowMs: 0 },
      isOutdated: () => Promise.resolve(false),
    })
    // More than a function takes as arguments.
    const rows = Array.from({ length: 150_000 }, (_, id) => deletion(1, 'С01', BigInt(id)))
    held.add(rows.map((row) => ({ target: TARGET, row, via })))

    assert.equal(await held.release(), false)
  })
})
