/** Reads a letter from a file, and writes its attachment to another one. Arguments: both paths. */
import { open } from 'node:fs/promises'

import { type MessageEvent, MessageReader } from '@obmen/mail/mime'

import { peakOctets, timeOf } from '../../clock.ts'

const [letterPath = '', filePath = ''] = process.argv.slice(2)

/** Read into one array over and over: what is made of base64 is new, and other content is written before the next comes. */
const READ_OCTETS = 256 * 1024

const idleOctets = peakOctets()
const elapsedMs = await timeOf(async () => {
  await using letter = await open(letterPath)
  await using file = await open(filePath, 'w')
  const reader = new MessageReader()
  let isAttachment = false
  const write = async (events: Iterable<MessageEvent>): Promise<void> => {
    for (const event of events) {
      if (event.kind === 'part') isAttachment = event.fileName !== undefined
      if (event.kind === 'content' && isAttachment) await file.write(event.octets)
    }
  }
  const octets = new Uint8Array(READ_OCTETS)
  for (;;) {
    const { bytesRead } = await letter.read(octets, 0, READ_OCTETS)
    if (bytesRead === 0) break
    await write(reader.push(octets.subarray(0, bytesRead)))
  }
  await write(reader.end())
})
console.log(JSON.stringify({ elapsedMs, idleOctets, peakOctets: peakOctets() }))
