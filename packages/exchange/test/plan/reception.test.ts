import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type Epoch, FIRST_EPOCH } from '../../src/plan/epoch.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { type NodeState, startEpoch } from '../../src/plan/node-state.ts'
import {
  decideReception,
  deservesAnswer,
  followEpoch,
  knownBefore,
  recordDamage,
  recordGap,
  recordReception,
  rowsToldAgain,
  type Reception,
} from '../../src/plan/reception.ts'
import { identity, NEW_NODE, sent, sentTo } from './states.ts'

const EPOCH: Epoch = { counter: 2, random: 'm' }

const THERE: NodeState = {
  ...sentTo([sent(4), sent(5)], 3),
  epoch: EPOCH,
  receivedNo: toMessageNo(7),
  received: [identity(5), identity(7)],
}

function header(messageNo: number, facts: Partial<MessageHeader> = {}): MessageHeader {
  return {
    plan: parsePlanName('P'),
    from: parseNodeCode('С01'),
    to: parseNodeCode('ЦБ'),
    epoch: EPOCH,
    ...identity(messageNo),
    baseNo: toMessageNo(messageNo - 1),
    predecessors: [],
    writtenAt: 0,
    ...facts,
  }
}

const BASE = (no: number): Partial<MessageHeader> => ({ baseNo: toMessageNo(no) })

describe('a message', () => {
  const decisions: readonly {
    readonly name: string
    readonly message: MessageHeader
    readonly expected: Reception['kind']
  }[] = [
    { name: 'is applied when it continues the last one', message: header(8), expected: 'apply' },
    {
      name: 'is applied when it continues an earlier one',
      message: header(9, BASE(3)),
      expected: 'apply',
    },
    {
      name: 'is applied when it continues nothing',
      message: header(100, BASE(0)),
      expected: 'apply',
    },
    { name: 'waits when one before it is missing', message: header(9), expected: 'gap' },
    { name: 'has no effect when it was applied', message: header(7), expected: 'duplicate' },
    {
      name: 'has no effect when a later one was applied',
      message: header(6),
      expected: 'duplicate',
    },
    { name: 'has no effect when it is far behind', message: header(1), expected: 'duplicate' },
    {
      name: 'has no effect when it is late, whatever it continues',
      message: header(6, BASE(0)),
      expected: 'duplicate',
    },
    {
      name: 'has no effect when its epoch was left',
      message: header(8, { epoch: FIRST_EPOCH }),
      expected: 'stale',
    },
    {
      name: 'has no effect when the other one of two epochs won',
      message: header(8, { epoch: { counter: 2, random: 'a' } }),
      expected: 'stale',
    },
    {
      name: 'begins a new epoch here too',
      message: header(1, { epoch: { counter: 3, random: 'a' } }),
      expected: 'new-epoch',
    },
    {
      name: 'begins the epoch that won',
      message: header(1, { epoch: { counter: 2, random: 'z' } }),
      expected: 'new-epoch',
    },
    {
      name: 'is a fork when its number came with another uuid',
      message: header(7, { uuid: 'other' }),
      expected: 'fork',
    },
    {
      name: 'is a fork when a predecessor came with another uuid',
      message: header(8, { predecessors: [identity(5), identity(7, 'other')] }),
      expected: 'fork',
    },
    {
      name: 'is a fork also when it would have to wait',
      message: header(20, { predecessors: [identity(5, 'other')] }),
      expected: 'fork',
    },
    {
      name: 'is a fork when it acknowledges what was never sent',
      message: header(8, { acknowledges: identity(6) }),
      expected: 'fork',
    },
    {
      name: 'is a fork when it acknowledges a number with another uuid',
      message: header(8, { acknowledges: identity(5, 'other') }),
      expected: 'fork',
    },
    {
      name: 'is a fork when it acknowledges with another uuid what was acknowledged last',
      message: header(8, { acknowledges: identity(3, 'other') }),
      expected: 'fork',
    },
    {
      name: 'is no fork when its predecessors are as they came, or never came',
      message: header(8, { predecessors: [identity(5), identity(6, 'lost'), identity(7)] }),
      expected: 'apply',
    },
    {
      name: 'is no fork when it acknowledges what was acknowledged before',
      message: header(8, { acknowledges: identity(2, 'forgotten') }),
      expected: 'apply',
    },
    {
      name: 'is no fork when it acknowledges the last one sent',
      message: header(8, { acknowledges: identity(5) }),
      expected: 'apply',
    },
    {
      name: 'is judged by its epoch first',
      message: header(7, { epoch: FIRST_EPOCH, uuid: 'other' }),
      expected: 'stale',
    },
  ]
  for (const { name, message, expected } of decisions) {
    it(name, () => {
      assert.equal(decideReception(message, THERE).kind, expected)
    })
  }

  it('that is a fork says by what', () => {
    const evidenceOf = (message: MessageHeader): unknown => {
      const reception = decideReception(message, THERE)
      return reception.kind === 'fork' ? reception.evidence : undefined
    }
    const predecessors = [identity(5, 'other')]

    assert.deepEqual(evidenceOf(header(8, { predecessors })), {
      kind: 'received-otherwise',
      messageNo: 5,
    })
    assert.deepEqual(evidenceOf(header(8, { acknowledges: identity(6) })), {
      kind: 'never-sent',
      messageNo: 6,
      sentNo: 5,
    })
    assert.deepEqual(evidenceOf(header(8, { acknowledges: identity(5, 'other') })), {
      kind: 'sent-otherwise',
      messageNo: 5,
    })
  })

  const answers = [
    {
      name: 'of an epoch that was left',
      message: header(8, { epoch: FIRST_EPOCH }),
      answers: true,
    },
    { name: 'with a number that nobody remembers', message: header(6), answers: true },
    { name: 'that is remembered', message: header(5), answers: false },
    { name: 'that waits', message: header(9), answers: false },
  ]
  for (const { name, message, answers: isAnswered } of answers) {
    it(`${name} is ${isAnswered ? 'answered' : 'not answered'} though it has no effect`, () => {
      assert.equal(deservesAnswer(decideReception(message, THERE)), isAnswered)
    })
  }
})

describe('the rows of a message', () => {
  const toldBefore = [
    { throughSeq: 10, rowCount: 1 },
    { throughSeq: 20, rowCount: 5 },
  ]

  it('were told before up to where the last message ended that came', () => {
    for (const [receivedSeq, rowCount] of [
      [9, 0],
      [10, 1],
      [19, 1],
      [25, 5],
    ] as const) {
      assert.equal(rowsToldAgain({ toldBefore }, { receivedSeq }), rowCount)
    }
  })

  it('are all new to who has received none, and where the sender says nothing of it', () => {
    assert.equal(rowsToldAgain({ toldBefore }, NEW_NODE), 0)
    assert.equal(rowsToldAgain({}, { receivedSeq: 100 }), 0)
  })
})

describe('a message that was applied', () => {
  it('has brought everything up to its end, also when a later one reaches less far', () => {
    const first = recordReception(NEW_NODE, { ...header(1), throughSeq: 30 }, 1)

    assert.equal(first.receivedSeq, 30)
    assert.equal(recordReception(first, { ...header(2), throughSeq: 20 }, 1).receivedSeq, 30)
  })

  it('is the last one received, and is owed an acknowledgement', () => {
    const node = recordReception(NEW_NODE, header(3, BASE(0)), 1)

    assert.equal(node.receivedNo, 3)
    assert.deepEqual(node.received, [identity(3)])
    assert.equal(node.owesAcknowledgement, true)
  })

  it('is owed nothing when it had no rows, or two nodes would thank each other for ever', () => {
    assert.equal(recordReception(NEW_NODE, header(3), 0).owesAcknowledgement, false)
  })

  it('leaves an acknowledgement owed that was owed before', () => {
    const node = { ...NEW_NODE, owesAcknowledgement: true }

    assert.equal(recordReception(node, header(3), 0).owesAcknowledgement, true)
  })

  it('is remembered with the predecessors that never came, each of them once', () => {
    const first = recordReception(NEW_NODE, header(1), 1)
    const later = header(4, { ...BASE(1), predecessors: [identity(2), identity(3)] })

    const node = recordReception(first, later, 1)

    assert.deepEqual(
      node.received,
      [1, 2, 3, 4].map((no) => identity(no)),
    )
  })

  it('is remembered for the next 200 messages', () => {
    let node = NEW_NODE
    for (let no = 1; no <= 250; no += 1) node = recordReception(node, header(no), 1)

    assert.equal(node.received.length, 200)
    assert.deepEqual(node.received.at(0), identity(51))
    assert.deepEqual(node.received.at(-1), identity(250))
  })

  it('closes the gap before it, and no later one', () => {
    const node = recordGap(NEW_NODE, toMessageNo(9))

    assert.equal(recordReception(node, header(8), 1).gapBefore, 9)
    assert.equal(recordReception(node, header(9), 1).gapBefore, NO_MESSAGE)
    assert.equal(recordReception(node, header(10), 1).gapBefore, NO_MESSAGE)
  })
})

describe('a gap', () => {
  it('is asked about', () => {
    const node = recordGap(THERE, toMessageNo(9))

    assert.deepEqual([node.gapBefore, node.owesAcknowledgement], [9, true])
  })

  it('is asked about once for each letter that shows it', () => {
    const asked = { ...recordGap(THERE, toMessageNo(9)), owesAcknowledgement: false }

    assert.equal(recordGap(asked, toMessageNo(9)), asked)
    assert.equal(recordGap(asked, toMessageNo(8)), asked)
    assert.equal(recordGap(asked, toMessageNo(10)).owesAcknowledgement, true)
  })
})

describe('a message that can not be read', () => {
  it('is asked for when it is the next one', () => {
    const node = recordDamage(THERE, toMessageNo(8))

    assert.deepEqual([node.gapBefore, node.owesAcknowledgement], [8, true])
  })

  it('is asked for when it is the next one after those that were asked for', () => {
    const asked = { ...recordGap(THERE, toMessageNo(9)), owesAcknowledgement: false }

    const node = recordDamage(asked, toMessageNo(10))

    assert.deepEqual([node.gapBefore, node.owesAcknowledgement], [10, true])
  })

  it('shows nothing when it was asked for, or when its number may be forged', () => {
    const asked = recordGap(THERE, toMessageNo(9))

    assert.equal(recordDamage(asked, toMessageNo(9)), asked)
    assert.equal(recordDamage(asked, toMessageNo(11)), asked)
    assert.equal(recordDamage(THERE, toMessageNo(1e14)), THERE)
  })
})

describe('a new epoch', () => {
  it('begins from nothing, and is answered', () => {
    const epoch = { counter: 3, random: 'a' }

    const { acknowledgedNo, acknowledgedSeq, receivedNo } = THERE

    assert.deepEqual(followEpoch(THERE, header(1, { epoch })), {
      ...NEW_NODE,
      epoch,
      owesAcknowledgement: true,
      former: { epoch: THERE.epoch, acknowledgedNo, acknowledgedSeq, receivedNo },
    })
  })

  it('remembers the last one in which something came through', () => {
    const second = startEpoch(THERE, { counter: 3, random: 'a' })
    const third = startEpoch(second, { counter: 4, random: 'b' })

    assert.deepEqual(third.former, second.former)
    assert.equal(startEpoch(NEW_NODE, { counter: 2, random: 'c' }).former, undefined)
  })

  it('tells what its sender knew, unless it was restored to a time before that', () => {
    const { epoch, acknowledgedNo, acknowledgedSeq } = THERE
    const node = startEpoch(THERE, { counter: 3, random: 'a' })
    const said = (receivedNo: number, ofEpoch = epoch): number => {
      const former = { epoch: ofEpoch, receivedNo: toMessageNo(receivedNo) }
      return knownBefore(node, header(1, { former }))
    }

    assert.equal(said(acknowledgedNo), acknowledgedSeq)
    assert.equal(said(acknowledgedNo + 9), acknowledgedSeq)
    assert.equal(said(acknowledgedNo - 1), 0)
    assert.equal(said(acknowledgedNo, { counter: 2, random: 'another' }), 0)
    assert.equal(knownBefore(node, header(1)), 0)
    assert.equal(knownBefore(THERE, header(1)), 0)
  })
})
