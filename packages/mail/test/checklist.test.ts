/**
 * What a careful client must pass: cases of SMTP (S), TLS (T), logging in (A), reading letters (M), composing them (C), IMAP (I) and POP3 (P), each by its number. A test says in its name
 * which of them it is.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const COUNTS = { S: 29, T: 9, A: 15, M: 20, C: 13, I: 16, P: 12 } as const

/** The text in which the name of a test or of a group of them stands. */
const NAME = /\b(?:it|describe)\(\s*(?:'([^']*)'|`([^`]*)`|"([^"]*)")/g

describe('The checklist', () => {
  it('has a test for each of its cases', () => {
    const named = new Set<string>()
    for (const path of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.test.ts')) continue
      const source = readFileSync(join(import.meta.dirname, path), 'utf8')
      for (const [, plain, template, double] of source.matchAll(NAME)) {
        const name = plain ?? template ?? double ?? ''
        for (const [id] of name.matchAll(/\b[STAMCIP]\d{1,2}\b/g)) named.add(id)
      }
    }

    const all = Object.entries(COUNTS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    )
    assert.deepEqual(
      all.filter((id) => !named.has(id)),
      [],
    )
  })
})
