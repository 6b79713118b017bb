/** The part of `node:fs/promises` that an exchange uses, over simulated disks. */
import { Buffer } from 'node:buffer'

import { diskOf, readWhole } from './memory-disk.ts'

/** An open file: what is written goes to its end. */
export interface SimulatedFile {
  write(octets: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

export async function open(path: string, flags: string): Promise<SimulatedFile> {
  const disk = diskOf(path)
  await disk.at('open', () => {
    if (flags.startsWith('w')) disk.files.set(path, Buffer.alloc(0))
    else readWhole(path)
  })
  return {
    write: (octets) =>
      disk.at('append', () => {
        disk.files.set(path, Buffer.concat([readWhole(path), octets]))
      }),
    sync: () => disk.at('sync', () => undefined),
    close: () => Promise.resolve(),
  }
}

export function mkdir(): Promise<void> {
  return Promise.resolve()
}

export function readdir(folder: string): Promise<string[]> {
  const begin = `${folder}/`
  const names = [...diskOf(folder).files.keys()].filter((path) => path.startsWith(begin))
  return Promise.resolve(names.map((path) => path.slice(begin.length)))
}

export function rm(path: string): Promise<void> {
  const disk = diskOf(path)
  if (!disk.files.has(path)) return Promise.resolve()
  return disk.at('remove', () => {
    disk.files.delete(path)
  })
}

export function rename(from: string, to: string): Promise<void> {
  const disk = diskOf(from)
  return disk.at('rename', () => {
    disk.files.set(to, readWhole(from))
    disk.files.delete(from)
  })
}

export function stat(path: string): Promise<{ readonly size: number }> {
  return Promise.resolve({ size: readWhole(path).length })
}
