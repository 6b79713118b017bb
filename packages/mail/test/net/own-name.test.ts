import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ownName } from '../../src/net/own-name.ts'

describe('What a client calls itself whom nobody has told', () => {
  for (const host of ['shop-1.example.org', 'a.b', 'XN--80AK6AA92E.example']) {
    it(`is the name of its machine where servers take it: ${host}`, () => {
      assert.equal(ownName(host), host)
    })
  }

  for (const host of [
    '',
    'localhost',
    'shop_1.example.org',
    'склад.example',
    '-a.b',
    'a.b.',
    'a..b',
    'a b.c',
  ]) {
    it(`is its address where the machine is called ${host === '' ? 'nothing' : host}`, () => {
      assert.equal(ownName(host), '[127.0.0.1]')
    })
  }
})
