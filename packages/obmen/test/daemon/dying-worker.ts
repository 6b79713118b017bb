/** A worker that takes a node, says so, and never ends its work. */
import { parseNodeCode, parsePlanName } from '@obmen/exchange'
import pg from 'pg'

import { NodeQueue } from '../../src/daemon/node-queue.ts'

const [, , host = '', user = '', database = ''] = process.argv
const pool = new pg.Pool({ host, user, database })
const queue = await NodeQueue.open({
  run: (text, values) => pool.query<object>(text, values),
  plan: parsePlanName('УдаленныеСклады'),
  onError: (error) => {
    throw error
  },
})
await queue.work({
  count: 1,
  work: () => {
    process.stdout.write('at work')
    return new Promise(() => undefined)
  },
})
await queue.offer([parseNodeCode('С01')])
