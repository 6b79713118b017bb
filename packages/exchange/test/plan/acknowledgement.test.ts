import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  acceptAcknowledgement,
  acknowledgementFor,
  gapNeedsResend,
} from '../../src/plan/acknowledgement.ts'
import { toMessageNo } from '../../src/plan/message-no.ts'
import { offerAgain } from '../../src/plan/numbering.ts'
import { identity, NEW_NODE, sent, sentTo } from './states.ts'

describe('an acknowledgement', () => {
  it('takes all messages up to its number out of flight', () => {
    const node = acceptAcknowledgement(sentTo([sent(1), sent(2), sent(3)]), identity(2))

    assert.deepEqual(node, sentTo([sent(3)], 2))
  })

  it('has no effect when it comes late or twice', () => {
    const node = sentTo([sent(4)], 3)

    assert.equal(acceptAcknowledgement(node, identity(3)), node)
    assert.equal(acceptAcknowledgement(node, identity(1)), node)
  })

  it('has no effect when it names a message that is not in flight', () => {
    const node = sentTo([sent(4)], 3)

    assert.equal(acceptAcknowledgement(node, identity(9)), node)
  })

  it('saves what it confirms from being offered again', () => {
    const node = acceptAcknowledgement(offerAgain(sentTo([sent(1), sent(2)])), identity(2))

    assert.deepEqual([node.acknowledgedSeq, node.offeredSeq], [20, 20])
  })

  it('says how far everything that came reaches, but nothing of what was never sent', () => {
    const again = sentTo([sent(1), sent(2), sent(3, { baseNo: toMessageNo(0), throughSeq: 10 })])

    assert.equal(acceptAcknowledgement(again, identity(3)).acknowledgedSeq, 10)
    assert.equal(acceptAcknowledgement(again, identity(3), 20).acknowledgedSeq, 20)
    assert.equal(acceptAcknowledgement(again, identity(3), 500).acknowledgedSeq, 20)
  })

  it('of a message that offered a part again takes back nothing', () => {
    const node = sentTo([sent(3, { throughSeq: 5 })], 2)

    const { acknowledgedNo, acknowledgedSeq } = acceptAcknowledgement(node, identity(3))

    assert.deepEqual([acknowledgedNo, acknowledgedSeq], [3, 20])
  })

  it('is made for the last message received', () => {
    const received = [identity(2), identity(5)]

    assert.deepEqual(
      acknowledgementFor({ ...NEW_NODE, receivedNo: toMessageNo(5), received }),
      identity(5),
    )
  })

  it('is not made when nothing was received', () => {
    assert.equal(acknowledgementFor(NEW_NODE), undefined)
  })
})

describe('a gap that is reported', () => {
  const reports = [
    { name: 'is filled', node: sentTo([sent(4), sent(5)], 3), gapBefore: 5, needsResend: true },
    {
      name: 'is not filled again while the message is on its way that fills it',
      node: sentTo([sent(4), sent(5), sent(6, { baseNo: toMessageNo(3) })], 3),
      gapBefore: 5,
      needsResend: false,
    },
    {
      name: 'is filled again when it shows behind the message that filled it',
      node: sentTo([sent(4), sent(5, { baseNo: toMessageNo(3) }), sent(6)], 3),
      gapBefore: 6,
      needsResend: true,
    },
    {
      name: 'needs nothing when everything was acknowledged since',
      node: sentTo([], 6),
      gapBefore: 5,
      needsResend: false,
    },
    {
      name: 'is not ours when its number was never sent',
      node: sentTo([sent(4), sent(5)], 3),
      gapBefore: 6,
      needsResend: false,
    },
  ]
  for (const { name, node, gapBefore, needsResend } of reports) {
    it(name, () => {
      assert.equal(gapNeedsResend(node, toMessageNo(gapBefore)), needsResend)
    })
  }
})
