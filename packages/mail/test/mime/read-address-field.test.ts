import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AddressInvalid } from '../../src/address/errors.ts'
import { parseAddressField } from '../../src/mime/address-field.ts'
import { readAddressField } from '../../src/mime/read-address-field.ts'

/** A mailbox as `name|address`, a group as `name:members`. */
function summary(body: string): {
  readonly entries: readonly string[]
  readonly flagged: readonly string[]
} {
  const flagged: string[] = []
  const entries = readAddressField(body, (kind, detail) => flagged.push(`${kind} ${detail}`))
  return {
    entries: entries.map((entry) =>
      entry.kind === 'mailbox'
        ? `${entry.displayName ?? ''}|${entry.addrSpec}`
        : `${entry.displayName}:${entry.members.map((member) => member.addrSpec).join()}`,
    ),
    flagged,
  }
}

describe('A received address field', () => {
  for (const { body, entries, flagged = [body] } of [
    { body: "'a@b.test' <a@b.test>", entries: ["'a@b.test'|a@b.test"] },
    { body: 'good@x.test <a@b.test>', entries: ['good@x.test|a@b.test'] },
    { body: 'a@b.test; c@d.test', entries: ['|a@b.test', '|c@d.test'] },
    { body: 'Name a@b.test', entries: ['Name|a@b.test'] },
    { body: '"a" <b@c.test> d', entries: ['a|b@c.test'] },
    { body: 'a@b.test c@d.test', entries: ['|a@b.test', '|c@d.test'] },
    { body: '=?utf-8?Q?=D0=90?= a@b.test', entries: ['А|a@b.test'] },
    {
      body: '"Smith, J" <a@b.test> x; (c;c) d@e.test',
      entries: ['Smith, J|a@b.test', '|d@e.test'],
      flagged: ['"Smith, J" <a@b.test> x'],
    },
    { body: "N. O. <o'brien@b.test", entries: ["N. O.|o'brien@b.test"] },
    { body: '<<a@b.test>>', entries: ['|a@b.test'] },
    {
      body: '"a <b@c.test>, d@e.test',
      entries: ['a|b@c.test', '|d@e.test'],
      flagged: ['"a <b@c.test>'],
    },
    {
      body: 'ok@a.test, none, Team: c@d.test, e@f.test;',
      entries: ['|ok@a.test', 'Team:c@d.test,e@f.test'],
      flagged: [' none'],
    },
    { body: 'Team: a@b.test, N c@d.test', entries: ['Team:a@b.test,c@d.test'] },
    { body: 'nobody: here', entries: [] },
    { body: 'no address', entries: [] },
    { body: '=?utf-8?Q?evil=40x=2Etest?=', entries: [] },
  ]) {
    it(`M14 keeps what can be read of ${body}, and flags the rest`, () => {
      assert.deepEqual(summary(body), {
        entries,
        flagged: flagged.map((text) => `malformed-address ${text}`),
      })
    })
  }

  it('M14 M20 is read as the strict reading reads it where that can, and otherwise never throws', () => {
    const pieces = fc.constantFrom(
      'a',
      'b@c.test',
      '@',
      '.',
      '<',
      '>',
      '"',
      '\\',
      '(',
      ')',
      '[',
      ']',
      ',',
      ';',
      ':',
      ' ',
      "'",
      '\0',
      '\r\n',
      'я',
      '\ud800',
      '=?utf-8?Q?=40=0A?=',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const body = parts.join('')

        const entries = readAddressField(body)

        try {
          assert.deepEqual(entries, parseAddressField(body))
        } catch (error) {
          assert.ok(error instanceof AddressInvalid)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
