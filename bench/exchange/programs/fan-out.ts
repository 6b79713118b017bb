/** One change to many nodes, beside letters of the same size that are just sent, over the same mail server. */
import { exchange } from '@obmen/exchange'
import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'
import { ForwardPath, openSmtp, ReversePath } from '@obmen/mail/smtp'

import { costOf } from '../../clock.ts'
import type { Figures } from '../../programs.ts'
import { nodeCodes, openSite, readServers } from '../site.ts'
import { INSERT, makeRow, writeAll } from '../trade.ts'

const [folder = '.', nodesText = '1000'] = process.argv.slice(2)
const nodes = Number(nodesText)

let bodies = 0
const { database, context } = await openSite(folder, { code: 'ЦБ', peers: nodeCodes(nodes) })
const { store } = context
const read = store.readChanges.bind(store)
store.readChanges = (request) => {
  bodies += 1
  return read(request)
}
let sizes = 0
async function change(no: number): Promise<void> {
  writeAll(database, INSERT, [makeRow(no)])
  const results = await exchange(context)
  sizes = results.reduce((sum, { sent }) => sum + (sent?.octets ?? 0), 0)
  const sent = results.filter((result) => result.sent?.rows === 1)
  if (sent.length !== nodes) throw new Error('not every node got the change', { cause: results })
}
await change(0)
bodies = 0
const ours = await costOf(() => change(1))
await context.transport.close()

const { smtp: server } = readServers(folder)
const octets = new Uint8Array(Math.round(sizes / nodes))
const smtp = await openSmtp(server)
await sendBare()
const bare = await costOf(sendBare)
await smtp.close()

const figures: Figures = {
  bodies,
  wallMs: ours.elapsedMs,
  cpuMs: ours.processorMs,
  bareWallMs: bare.elapsedMs,
  bareCpuMs: bare.processorMs,
}
console.log(JSON.stringify(figures))

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield await Promise.resolve(piece)
}

/** All letters are handed over at once: they travel together as far as the server lets them. */
async function sendBare(): Promise<void> {
  const address = MailboxAddress.parse('exchange@example.org')
  const envelope = {
    reversePath: ReversePath.of(address),
    forwardPaths: [ForwardPath.of(address)],
  } as const
  const sendings = Array.from({ length: nodes }, (_, no) => {
    const letter = composeMessage({
      from: address,
      to: [address],
      subject: `Message ${no}`,
      date: new Date(),
      messageId: formatMessageId(crypto.randomUUID(), address.domain),
      boundary: `boundary${String(no).padStart(12, '0')}`,
      text: 'a message',
      attachments: [
        {
          fileName: `Message_${no}.zst`,
          contentType: 'application/zstd',
          sizeOctets: octets.length,
          content: () => once(octets),
        },
      ],
    })
    return smtp.send(envelope, letter)
  })
  await Promise.all(sendings)
}
