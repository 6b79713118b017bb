import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { toMessageNo } from '../../src/plan/message-no.ts'
import type { NodeState } from '../../src/plan/node-state.ts'
import {
  DEFAULT_SENDING_RULES,
  isOverdue,
  offerAgain,
  planNextMessage,
  recordDelivery,
  recordNothingToSend,
  recordSending,
  withdraw,
} from '../../src/plan/numbering.ts'
import { identity, NEW_NODE, sent, sentTo } from './states.ts'

const RULES = { window: 3, resendAfterMs: 100 }

const NO_ROWS = { rowCount: 0 }

describe('the next message', () => {
  const plans: readonly {
    readonly name: string
    readonly node: NodeState
    readonly headSeq: number
    /** Number, base and range of positions; or why there is none. */
    readonly expected: readonly [no: number, base: number, after: number, through: number] | string
  }[] = [
    { name: 'is none when nothing has changed', node: NEW_NODE, headSeq: 0, expected: 'none' },
    { name: 'begins with 1', node: NEW_NODE, headSeq: 5, expected: [1, 0, 0, 5] },
    {
      name: 'continues the one before',
      node: sentTo([sent(1), sent(2)]),
      headSeq: 25,
      expected: [3, 2, 20, 25],
    },
    {
      name: 'continues the acknowledged one when nothing is in flight',
      node: sentTo([], 7),
      headSeq: 75,
      expected: [8, 7, 70, 75],
    },
    {
      name: 'does not depend on one that only acknowledges',
      node: sentTo([sent(1), sent(2, { ...NO_ROWS, throughSeq: 10 })]),
      headSeq: 15,
      expected: [3, 1, 10, 15],
    },
    {
      name: 'does not depend on one that only acknowledges and passes over rows of the receiver',
      node: sentTo([sent(1), sent(2, NO_ROWS)]),
      headSeq: 25,
      expected: [3, 1, 20, 25],
    },
    {
      name: 'is cumulative after a loss',
      node: offerAgain(sentTo([sent(3), sent(4)], 2)),
      headSeq: 40,
      expected: [5, 2, 20, 40],
    },
    {
      name: 'continues the acknowledged one although a later one reaches less far',
      node: { ...sentTo([sent(4, { throughSeq: 5 })], 3), offeredSeq: 30 },
      headSeq: 35,
      expected: [5, 3, 30, 35],
    },
    {
      name: 'goes back over messages that all reach as far',
      node: sentTo([sent(1), sent(2, { throughSeq: 10 })]),
      headSeq: 12,
      expected: [3, 1, 10, 12],
    },
    {
      name: 'waits when the window is full',
      node: sentTo([sent(1), sent(2), sent(3)]),
      headSeq: 31,
      expected: 'window-full',
    },
    {
      name: 'is none when the window is full and nothing has changed',
      node: sentTo([sent(1), sent(2), sent(3)]),
      headSeq: 30,
      expected: 'none',
    },
    {
      name: 'only acknowledges when the window is full',
      node: { ...sentTo([sent(1), sent(2), sent(3)]), owesAcknowledgement: true },
      headSeq: 31,
      expected: [4, 3, 30, 30],
    },
    {
      name: 'does not count one that only acknowledges for the window',
      node: sentTo([
        sent(1),
        sent(2),
        sent(3, NO_ROWS),
        sent(4, { ...NO_ROWS, baseNo: toMessageNo(2) }),
      ]),
      headSeq: 41,
      expected: [5, 2, 40, 41],
    },
    {
      name: 'waits for an answer when a node was offered again what it had been silent to',
      node: sentTo([sent(1, { superseded: true }), sent(2, { baseNo: toMessageNo(0) })]),
      headSeq: 25,
      expected: 'window-full',
    },
    {
      name: 'acknowledges although nothing has changed',
      node: { ...sentTo([], 4), owesAcknowledgement: true },
      headSeq: 40,
      expected: [5, 4, 40, 40],
    },
  ]
  for (const { name, node, headSeq, expected } of plans) {
    it(name, () => {
      const next = planNextMessage(node, headSeq, RULES)

      const facts =
        next.kind === 'message'
          ? [next.messageNo, next.baseNo, next.afterSeq, next.throughSeq]
          : next.kind
      assert.deepEqual(facts, expected)
    })
  }

  it('names the last message that was acknowledged, and all that are not, superseded ones too', () => {
    const next = planNextMessage(offerAgain(sentTo([sent(3), sent(4)], 2)), 40, RULES)

    assert.ok(next.kind === 'message')
    assert.deepEqual(next.predecessors, [identity(2), identity(3), identity(4)])
  })

  it('acknowledges the last message received, and tells of the gap', () => {
    const received = [identity(4, 'v4'), identity(6, 'v6')]
    const node = { ...NEW_NODE, receivedNo: toMessageNo(6), received, gapBefore: toMessageNo(9) }

    const next = planNextMessage(node, 1, RULES)

    assert.ok(next.kind === 'message')
    assert.deepEqual(next.acknowledges, identity(6, 'v6'))
    assert.equal(next.gapBefore, 9)
  })

  it('leaves the state alone that it is planned from', () => {
    const node = Object.freeze(sentTo([Object.freeze(sent(1))]))

    planNextMessage(node, 20, RULES)
    recordSending(node, sent(2))
    offerAgain(node)

    assert.deepEqual(node, sentTo([sent(1)]))
  })
})

describe('a message that was written', () => {
  it('counts as offered and settles the acknowledgement', () => {
    const node = recordSending({ ...NEW_NODE, owesAcknowledgement: true }, sent(1))

    assert.deepEqual(node, sentTo([sent(1)]))
  })

  it('counts as delivered when the mail server took it', () => {
    const undelivered = { delivered: false }
    const node = sentTo([sent(1, undelivered), sent(2, undelivered)])

    assert.deepEqual(
      recordDelivery(node, toMessageNo(1)).unacknowledged.map(({ delivered }) => delivered),
      [true, false],
    )
  })

  it('is as if never written when it was refused: the next one has its number and its rows', () => {
    const before = sentTo([sent(1)])

    assert.deepEqual(withdraw(recordSending(before, sent(2)), sent(2)), before)
  })

  it('is owed again when it was refused and only acknowledged', () => {
    const node = withdraw(recordSending(sentTo([sent(1)]), sent(2, NO_ROWS)), sent(2, NO_ROWS))

    assert.equal(node.owesAcknowledgement, true)
  })

  it('is owed again when it was refused and acknowledged beside its rows', () => {
    const before = { ...sentTo([sent(1)]), receivedNo: toMessageNo(7), owesAcknowledgement: true }

    assert.deepEqual(withdraw(recordSending(before, sent(2)), sent(2)), before)
  })

  it('never takes back what was acknowledged since', () => {
    const node = { ...sentTo([sent(5, { throughSeq: 10 })], 4), offeredSeq: 40 }

    const { offeredSeq, acknowledgedSeq } = withdraw(node, sent(5, { throughSeq: 10 }))

    assert.deepEqual([offeredSeq, acknowledgedSeq], [40, 40])
  })
})

describe('changes that do not concern a node', () => {
  it('are known to it when it knows all before', () => {
    const { offeredSeq, acknowledgedSeq } = recordNothingToSend(sentTo([], 2), 50)

    assert.deepEqual([offeredSeq, acknowledgedSeq], [50, 50])
  })

  it('are passed over while others are in flight', () => {
    const { offeredSeq, acknowledgedSeq } = recordNothingToSend(sentTo([sent(3)], 2), 50)

    assert.deepEqual([offeredSeq, acknowledgedSeq], [50, 20])
  })
})

describe('a message without answer', () => {
  const superseded = { superseded: true, baseNo: toMessageNo(0) }
  const first = sent(9, { writtenAt: 1000, baseNo: toMessageNo(0) })
  const patience = [
    { name: 'one interval', before: [], ms: 100 },
    { name: 'twice as long after a first try', before: [sent(1, superseded)], ms: 200 },
    {
      name: 'four times as long after a second one',
      before: [sent(1, superseded), sent(2, superseded)],
      ms: 400,
    },
    {
      name: 'no longer for more messages of one try',
      before: [sent(1, superseded), sent(2, { superseded: true }), sent(3, { superseded: true })],
      ms: 200,
    },
    {
      name: 'no longer for messages that only acknowledged',
      before: [sent(1, superseded), sent(2, { ...superseded, ...NO_ROWS })],
      ms: 200,
    },
    {
      name: 'at most 32 times as long',
      before: [1, 2, 3, 4, 5, 6, 7, 8].map((no) => sent(no, superseded)),
      ms: 3200,
    },
  ]
  for (const { name, before, ms } of patience) {
    it(`counts as lost after ${name}`, () => {
      const node = sentTo([...before, first])

      assert.equal(isOverdue(node, 1000 + ms - 1, RULES), false)
      assert.equal(isOverdue(node, 1000 + ms, RULES), true)
    })
  }

  const patient: readonly { readonly name: string; readonly node: NodeState }[] = [
    { name: 'nothing is in flight', node: sentTo([], 3) },
    { name: 'only acknowledgements are in flight', node: sentTo([sent(1, NO_ROWS)]) },
    { name: 'its changes were offered again', node: offerAgain(sentTo([sent(1)])) },
  ]
  for (const { name, node } of patient) {
    it(`never counts as lost when ${name}`, () => {
      assert.equal(isOverdue(node, Number.MAX_SAFE_INTEGER, RULES), false)
    })
  }

  it('counts as lost after a day, and then two, by the default rules', () => {
    const day = 24 * 3600 * 1000

    assert.equal(isOverdue(sentTo([sent(1)]), day + 1, DEFAULT_SENDING_RULES), true)
    assert.equal(isOverdue(sentTo([sent(1)]), day, DEFAULT_SENDING_RULES), false)
  })
})
