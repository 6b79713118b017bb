import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { safeFileName } from '../../src/mime/file-name.ts'

describe('A safe file name', () => {
  for (const { given, safe } of [
    { given: 'Отчёт за год.xlsx', safe: 'Отчёт за год.xlsx' },
    { given: '../../etc/passwd', safe: 'passwd' },
    { given: String.raw`C:\Temp\a.txt`, safe: 'a.txt' },
    { given: 'a\0b\r\n.txt', safe: 'a_b__.txt' },
    { given: 'photo\u202egpj.exe', safe: 'photo_gpj.exe' },
    { given: 'CON', safe: '_CON' },
    { given: 'lpt1.txt', safe: '_lpt1.txt' },
    { given: 'console', safe: 'console' },
    { given: ' .hidden. ', safe: 'hidden' },
    { given: 'a<b>:"c|d?*.txt', safe: 'a_b___c_d__.txt' },
    { given: '..', safe: undefined },
    { given: 'a/', safe: undefined },
    { given: '', safe: undefined },
    { given: `${'я'.repeat(200)}.tar.gz`, safe: `${'я'.repeat(126)}.gz` },
  ]) {
    it(`M5 of ${JSON.stringify(given.slice(0, 30))} is ${JSON.stringify(safe?.slice(0, 30))}`, () => {
      assert.equal(safeFileName(given), safe)
    })
  }

  it('M5 fits a file system whatever is given, and is its own safe name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const safe = safeFileName(given)
        if (safe === undefined) return

        assert.ok(Buffer.byteLength(safe) <= 255)
        assert.doesNotMatch(safe, /[\p{C}/\\]|^\./u)
      }),
    )
  })
})
