import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import type { DeliveryRequest } from '../../src/smtp/delivery.ts'
import { ForwardPath, ReversePath } from '../../src/smtp/path.ts'
import { play } from '../../src/testing/play.ts'
import { envelope, opening, sendAll } from './conversation.ts'

const to = envelope('a@x.org', 'b@x.org')
const [first, second] = to.forwardPaths

/** MAIL and RCPT as they are sent with such a wish, to a server that offers this. */
function commands(
  delivery: DeliveryRequest,
  extensions: readonly string[],
  options: Parameters<typeof sendAll>[1] = {},
): readonly string[] {
  const dialog = sendAll([{ envelope: { ...to, delivery } }], options)
  const [greeting = '', ...hello] = opening('PIPELINING', ...extensions)
    .split('\n')
    .filter((line) => line.startsWith('S: '))
    .map((line) => `${line.slice(3)}\r\n`)
  const replies = [greeting, hello.join('')]
  for (let step = dialog.next(); step.done !== true;) {
    const demand = step.value
    if (demand.kind === 'receive') step = dialog.next(octetsOf(replies.shift() ?? ''))
    else if (demand.kind !== 'send') step = dialog.next(undefined)
    else {
      const lines = textOf(demand.octets).split('\r\n')
      if (lines[0]?.startsWith('MAIL') === true) return lines.slice(0, 3)
      step = dialog.next(undefined)
    }
  }
  return []
}

const MAIL = 'MAIL FROM:<office@example.org>'

describe('An envelope', () => {
  for (const path of ['a@x.org> NOTIFY=NEVER', { toString: () => '<a@x.org> SIZE=1' }]) {
    it(`S17 has paths and nothing like them, whatever the types have let through: ${typeof path}`, async () => {
      for (const [name, value] of [
        ['reversePath', path],
        ['forwardPaths', [first, path]],
      ] as const) {
        const unchecked = { ...to }
        Reflect.set(unchecked, name, value)

        await assert.rejects(play(sendAll([{ envelope: unchecked }]), opening()), {
          name: 'TypeError',
          message: 'an envelope has a ReversePath and ForwardPaths; texts must be parsed',
        })
      }
    })
  }
})

describe('A wish for the delivery', () => {
  it('S22 asks for reports by DSN, for all and for single recipients', () => {
    const lines = commands(
      {
        returnContent: 'headers',
        envelopeId: 'order 1+2=3',
        notify: ['success', 'failure', 'delay'],
        recipients: new Map([[second ?? first, { notify: 'never' }]]),
      },
      ['DSN'],
    )

    assert.deepEqual(lines, [
      `${MAIL} RET=HDRS ENVID=order+201+2B2+3D3`,
      'RCPT TO:<a@x.org> NOTIFY=SUCCESS,FAILURE,DELAY',
      'RCPT TO:<b@x.org> NOTIFY=NEVER',
    ])
  })

  it('S22 names the original recipient, in ASCII whatever its script', () => {
    const lines = commands(
      {
        recipients: new Map([
          [first, { originalRecipient: ForwardPath.parse('"a b"+1@x.org'.replace('+1', '')) }],
          [second ?? first, { originalRecipient: ForwardPath.parse('ящик@x.org') }],
        ]),
      },
      ['DSN'],
    )

    assert.deepEqual(lines.slice(1), [
      'RCPT TO:<a@x.org> ORCPT=rfc822;"a+20b"@x.org',
      'RCPT TO:<b@x.org> ORCPT=utf-8;\\x{44F}\\x{449}\\x{438}\\x{43A}@x.org',
    ])
  })

  it('S23 S24 is said in the words of its extension', () => {
    for (const { delivery, extension, parameter } of [
      { delivery: { requireTls: true }, extension: 'REQUIRETLS', parameter: 'REQUIRETLS' },
      {
        delivery: { deliverBy: { seconds: 120, otherwise: 'return', trace: true } },
        extension: 'DELIVERBY 120',
        parameter: 'BY=120;RT',
      },
      {
        delivery: { deliverBy: { seconds: -5, otherwise: 'notify' } },
        extension: 'DELIVERBY 120',
        parameter: 'BY=-5;N',
      },
      { delivery: { priority: -9 }, extension: 'MT-PRIORITY', parameter: 'MT-PRIORITY=-9' },
      { delivery: { priority: 0 }, extension: 'MT-PRIORITY MIXER', parameter: 'MT-PRIORITY=0' },
      {
        delivery: { submitter: ReversePath.parse('a+b=c@example.org') },
        extension: 'AUTH PLAIN',
        parameter: 'AUTH=a+2Bb+3Dc@example.org',
      },
      { delivery: { submitter: ReversePath.NULL }, extension: 'AUTH', parameter: 'AUTH=<>' },
      {
        delivery: { hold: { forSeconds: 60 } },
        extension: 'FUTURERELEASE 60 2030-01-01T00:00:00Z',
        parameter: 'HOLDFOR=60',
      },
      {
        delivery: { hold: { until: new Date('2029-12-31T21:30:00.500Z') } },
        extension: 'FUTURERELEASE 60 2030-01-01T00:00:00Z',
        parameter: 'HOLDUNTIL=2029-12-31T21:30:00Z',
      },
    ] as const) {
      const [mail] = commands(delivery, [extension])
      assert.equal(mail, `${MAIL} ${parameter}`)

      const [keyword] = extension.split(' ')
      assert.throws(() => commands(delivery, []), {
        code: 'SMTP_CAPABILITY_MISSING',
        capability: keyword,
        transient: false,
      })
    }
  })

  for (const { name, delivery, extensions, capability } of [
    { name: 'a report', delivery: { returnContent: 'full' }, extensions: [], capability: 'DSN' },
    { name: 'a notice', delivery: { notify: 'never' }, extensions: [], capability: 'DSN' },
    {
      name: 'less time than the server takes',
      delivery: { deliverBy: { seconds: 119, otherwise: 'return' } },
      extensions: ['DELIVERBY 120'],
      capability: 'DELIVERBY',
    },
    {
      name: 'a longer hold than the server offers',
      delivery: { hold: { forSeconds: 61 } },
      extensions: ['FUTURERELEASE 60 2030-01-01T00:00:00Z'],
      capability: 'FUTURERELEASE',
    },
    {
      name: 'a later release than the server offers',
      delivery: { hold: { until: new Date('2030-01-01T00:00:01Z') } },
      extensions: ['FUTURERELEASE 60 2030-01-01T00:00:00Z'],
      capability: 'FUTURERELEASE',
    },
  ] as const) {
    it(`S22 S24 is refused before MAIL: ${name}`, () => {
      assert.throws(() => commands(delivery, extensions), {
        code: 'SMTP_CAPABILITY_MISSING',
        capability,
      })
    })
  }

  for (const wish of [
    { requireTLS: true },
    { requireTls: 'yes' },
    { toString: 'x' },
    { returnContent: 'hdrs' },
    { deliverBy: { seconds: 60, otherwise: 'retrun' } },
  ]) {
    it(`S23 is refused when it is misspelt: ${JSON.stringify(wish)}`, () => {
      // Who writes no types may give anything.
      const delivery: DeliveryRequest = {}
      Object.assign(delivery, wish)

      assert.throws(() => commands(delivery, ['REQUIRETLS', 'DSN', 'DELIVERBY']), RangeError)
    })
  }

  it('that is given as undefined is none', () => {
    const delivery: DeliveryRequest = {}
    Object.assign(delivery, { returnContent: undefined })

    assert.equal(commands(delivery, [])[0], MAIL)
  })

  it('S23 for TLS is refused on a connection that has none, whatever is offered', () => {
    assert.throws(() => commands({ requireTls: true }, ['REQUIRETLS'], { tls: 'none' }), {
      code: 'SMTP_CAPABILITY_MISSING',
      capability: 'REQUIRETLS',
    })
  })

  it('S22 is for somebody who gets the letter, by the same object', () => {
    const recipients = new Map([[ForwardPath.parse('a@x.org'), { notify: 'never' }]] as const)

    assert.throws(
      () => commands({ recipients }, ['DSN']),
      /^RangeError: delivery\.recipients has <a@x\.org>, which is none of the forward paths/,
    )
  })

  for (const delivery of [
    { deliverBy: { seconds: 0, otherwise: 'return' } },
    { deliverBy: { seconds: 1.5, otherwise: 'notify' } },
    { deliverBy: { seconds: 1_000_000_000, otherwise: 'notify' } },
    { priority: 10 },
    { priority: 0.5 },
    { hold: { forSeconds: 0 } },
    { hold: { forSeconds: 1_000_000_000 } },
    { hold: { until: new Date(Number.NaN) } },
    { envelopeId: '' },
    { envelopeId: 'x'.repeat(101) },
    { envelopeId: 'ж' },
    { submitter: ReversePath.parse('ящик@example.org') },
  ] as const) {
    it(`S24 has values that there are: ${JSON.stringify(delivery)}`, () => {
      const all = ['AUTH', 'DSN', 'DELIVERBY', 'MT-PRIORITY', 'FUTURERELEASE']
      assert.throws(() => commands(delivery, all), RangeError)
    })
  }

  it('S17 S22 never ends its command or begins another parameter, whatever its text', () => {
    const unit = fc.constantFrom(
      'a',
      '+',
      '=',
      ' ',
      '\r\n',
      '\0',
      '>',
      '<',
      ';',
      'ж',
      '\\',
      'RCPT TO:<x>',
    )
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 12 }), (envelopeId) => {
        if (/[^ -~]/.test(envelopeId)) {
          return assert.throws(() => commands({ envelopeId }, ['DSN']), RangeError)
        }
        const lines = commands({ envelopeId }, ['DSN'])

        assert.match(lines[0] ?? '', /^MAIL FROM:<office@example\.org> ENVID=[!-*,-<>-~+]+$/)
        assert.equal(lines[0]?.match(/[ =]/g)?.length, 3)
        assert.equal(decodeXtext(lines[0]?.split('ENVID=')[1] ?? ''), envelopeId)
      }),
      { numRuns: 60 },
    )
  })
})

function decodeXtext(text: string): string {
  return text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
