import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Deadlines } from '../../src/wire/deadlines.ts'

describe('The default deadlines (S29)', () => {
  for (const { phase, minutes } of [
    { phase: 'greetingMs', minutes: 5 },
    { phase: 'mailMs', minutes: 5 },
    { phase: 'rcptMs', minutes: 5 },
    { phase: 'dataMs', minutes: 2 },
    { phase: 'contentMs', minutes: 3 },
    { phase: 'contentEndMs', minutes: 10 },
  ] satisfies readonly { phase: keyof Deadlines; minutes: number }[]) {
    it(`leave ${minutes} minutes for ${phase}, as RFC 5321 §4.5.3.2 wants at least`, () => {
      assert.ok(DEFAULT_DEADLINES[phase] >= minutes * 60_000)
    })
  }
})
