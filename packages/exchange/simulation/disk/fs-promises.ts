/** The part of `node:fs/promises` that an exchange uses, over simulated disks. */
import { Buffer } from 'node:buffer'

import { diskOf, readWhole } from './memory-disk.ts'

/** An open file: what is written goes to its end, where no place is named. */
export class SimulatedFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async write(
    octets: Uint8Array,
    offset = 0,
    length: number = octets.length - offset,
    position?: number,
  ): Promise<{ readonly bytesWritten: number }> {
    const disk = diskOf(this.#path)
    const written = octets.subarray(offset, offset + length)
    await disk.at('write', () => {
      const before = readWhole(this.#path)
      disk.files.set(this.#path, Buffer.concat([before.subarray(0, position), written]))
    })
    return { bytesWritten: written.length }
  }

  /** Reads what there is from a place on, as far as there is room for it. */
  async read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    const octets = await diskOf(this.#path).at('read', () => readWhole(this.#path))
    const some = octets.subarray(position, position + length)
    into.set(some, offset)
    return { bytesRead: some.length }
  }

  async writeFile(content: string): Promise<void> {
    await this.write(Buffer.from(content))
  }

  sync(): Promise<void> {
    return diskOf(this.#path).at('sync', () => undefined)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export async function open(path: string, flags: string): Promise<SimulatedFile> {
  const disk = diskOf(path)
  await disk.at('open', () => {
    if (flags.startsWith('w')) disk.files.set(path, Buffer.alloc(0))
    else if (!isFolder(path)) readWhole(path)
  })
  return new SimulatedFile(path)
}

/** A folder is opened to have its names written to the disk. */
function isFolder(path: string): boolean {
  const begin = `${path}/`
  return diskOf(path)
    .files.keys()
    .some((file) => file.startsWith(begin))
}

export function mkdir(): Promise<void> {
  return Promise.resolve()
}

/** What is asked of a path that is there already: whether it is a folder. */
export function stat(path: string): Promise<{ isDirectory(): boolean }> {
  const { files } = diskOf(path)
  return Promise.resolve({ isDirectory: () => !files.has(path) })
}

export function readdir(folder: string): Promise<string[]> {
  const begin = `${folder}/`
  const names = [...diskOf(folder).files.keys()].filter((path) => path.startsWith(begin))
  return Promise.resolve(names.map((path) => path.slice(begin.length)))
}

export function rename(path: string, to: string): Promise<void> {
  const disk = diskOf(path)
  return disk.at('rename', () => {
    disk.files.set(to, readWhole(path))
    disk.files.delete(path)
  })
}

export function rm(path: string): Promise<void> {
  const disk = diskOf(path)
  if (!disk.files.has(path)) return Promise.resolve()
  return disk.at('remove', () => {
    disk.files.delete(path)
  })
}
