import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'
import { ConnectionFailed } from '@obmen/mail/errors'

import type { Invocation } from '../../src/commands/command.ts'
import { OptionValues } from '../../src/commands/option-values.ts'
import { tellIfOver, tellTrouble } from '../../src/commands/tell-trouble.ts'
import { ToldBefore } from '../../src/commands/told-before.ts'
import { en } from '../../src/locale/en.ts'

const AWAY = new ConnectionFailed({
  host: 'mail.test',
  port: 465,
  systemCode: 'ECONNREFUSED',
  cause: undefined,
})
const NODE = parseNodeCode('С01')

/** What is told of a round with trouble and of the next one without, which somebody may break off. */
function tell(breaksOff: boolean): string {
  const interruption = new AbortController()
  let text = ''
  const invocation: Invocation = {
    io: {
      out: () => assert.fail('nothing is for standard output'),
      err: (some) => void (text += some),
      input: () => Promise.resolve(''),
      isTerminal: false,
      columns: 80,
      cwd: '/',
      env: {},
      systemLocale: 'en',
      now: () => 0,
      interruption: () => interruption.signal,
    },
    messages: en,
    options: new OptionValues({}),
    arguments: [],
    runProgram: () => assert.fail('no other command is given'),
  }
  const told = new ToldBefore(() => 0)
  tellTrouble(invocation, AWAY, told)
  tellIfOver(invocation, told, NODE)
  if (breaksOff) {
    interruption.abort()
    tellTrouble(invocation, AWAY, told)
  }
  tellIfOver(invocation, told, NODE)
  return text
}

describe('trouble', () => {
  it('is over after a round without it', () => {
    assert.match(tell(false), /С01: the trouble is over/)
  })

  it('is not over because somebody stops the program', () => {
    assert.match(tell(true), /nobody answers at this port/)
    assert.doesNotMatch(tell(true), /over/)
  })
})
