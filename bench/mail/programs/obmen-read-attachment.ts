/** Reads a letter from a file, and writes its attachment to another one. Arguments: both paths. */
import { open } from 'node:fs/promises'

import { type MessageEvent, MessageReader } from '@obmen/mail/mime'

import { costOf } from '../../clock.ts'

const [letterPath = '', filePath = ''] = process.argv.slice(2)

const READ_OCTETS = 256 * 1024

const cost = await costOf(async () => {
  await using letter = await open(letterPath)
  await using file = await open(filePath, 'w')
  // What is decoded is written before more is pushed.
  const reader = new MessageReader({}, { overwritesContent: true })
  let isAttachment = false
  const write = async (events: Iterable<MessageEvent>): Promise<void> => {
    for (const event of events) {
      if (event.kind === 'part') isAttachment = event.fileName !== undefined
      if (event.kind === 'content' && isAttachment) await file.write(event.octets)
    }
  }
  // One is read into while the other is used.
  let [octets, next] = [Buffer.alloc(READ_OCTETS), Buffer.alloc(READ_OCTETS)]
  for (let reading = letter.read(octets); ;) {
    const { bytesRead } = await reading
    if (bytesRead === 0) break
    reading = letter.read(next)
    await write(reader.push(octets.subarray(0, bytesRead)))
    ;[octets, next] = [next, octets]
  }
  await write(reader.end())
})
console.log(JSON.stringify(cost))
