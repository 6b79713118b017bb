import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { readTargets } from '../../../src/store/sqlite/trigger-body.ts'

const CASES: readonly { body: string; targets: readonly string[] | undefined }[] = [
  { body: 'INSERT INTO a VALUES (1); SELECT 1; delete from "B ""c" ;', targets: ['a', 'B "c'] },
  { body: `UPDATE [t 1] SET x = 'INSERT INTO z'; -- UPDATE y`, targets: ['t 1'] },
  { body: 'INSERT /* a; */ INTO `q` SELECT CASE 1 WHEN 1 THEN 2 END;', targets: ['q'] },
  { body: `INSERT INTO Поиск DEFAULT VALUES;`, targets: ['Поиск'] },
  { body: 'SELECT 1;', targets: undefined },
  { body: 'INSERT OR REPLACE INTO a VALUES (1);', targets: undefined },
  { body: 'REPLACE INTO a VALUES (1);', targets: undefined },
  { body: 'UPDATE OR IGNORE a SET x = 1;', targets: undefined },
  { body: `INSERT INTO a VALUES (1); SELECT RAISE(ABORT, 'no');`, targets: undefined },
  { body: 'WITH c AS (SELECT 1) INSERT INTO a SELECT * FROM c;', targets: undefined },
]

describe('the targets of a trigger', () => {
  for (const { body, targets } of CASES) {
    it(`are ${JSON.stringify(targets ?? 'not plain')} in ${body}`, () => {
      const trigger = `CREATE TRIGGER x AFTER UPDATE OF a ON t WHEN NEW.a = ';' BEGIN\n${body}\nEND`

      assert.deepEqual(readTargets(trigger), targets)
    })
  }
})
