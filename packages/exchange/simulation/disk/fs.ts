/** The part of `node:fs` that an exchange uses, over simulated disks. */
import { Buffer } from 'node:buffer'
import { Readable, Writable } from 'node:stream'

import { diskOf, readWhole } from './memory-disk.ts'

export function existsSync(path: string): boolean {
  return diskOf(path).files.has(path)
}

export function createReadStream(path: string): Readable {
  return new Readable({
    read(): void {
      void readInto(this, path)
    },
  })
}

async function readInto(stream: Readable, path: string): Promise<void> {
  try {
    stream.push(await diskOf(path).at('read', () => readWhole(path)))
    stream.push(null)
  } catch (error) {
    stream.destroy(toError(error))
  }
}

export function createWriteStream(path: string): Writable {
  const pieces: Buffer[] = []
  return new Writable({
    write(piece: Buffer, _encoding, done): void {
      pieces.push(piece)
      done()
    },
    final(done): void {
      void finish(writeWhole(path, pieces), done)
    },
  })
}

async function writeWhole(path: string, pieces: readonly Buffer[]): Promise<void> {
  const disk = diskOf(path)
  await disk.at('write', () => disk.files.set(path, Buffer.concat(pieces)))
}

async function finish(work: Promise<void>, done: (error?: Error) => void): Promise<void> {
  let failure: Error | undefined
  try {
    await work
  } catch (error) {
    failure = toError(error)
  }
  done(failure)
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
