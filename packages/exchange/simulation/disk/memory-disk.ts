import type { Buffer } from 'node:buffer'

/** Files of one site, in memory: what is written is there until the site is restored from a backup. */
export interface MemoryDisk {
  readonly files: Map<string, Buffer>
  /** Asked before (and told after) each operation: it may throw, or never answer because the process has died. */
  at<Result>(operation: string, work: () => Result): Promise<Result>
}

/** What begins the paths of simulated files: no real path does. */
export const DISK_ROOT = 'simulated-disk:/'

const disks = new Map<string, MemoryDisk>()

/** Puts a disk in place under a name; its paths are `simulated-disk:/<name>/…`. */
export function mountDisk(name: string, disk: MemoryDisk): string {
  disks.set(name, disk)
  return `${DISK_ROOT}${name}`
}

export function unmountDisks(): void {
  disks.clear()
}

export function diskOf(path: string): MemoryDisk {
  const end = path.indexOf('/', DISK_ROOT.length)
  const name = path.slice(DISK_ROOT.length, end < 0 ? undefined : end)
  const disk = disks.get(name)
  if (disk === undefined) throw new Error(`${path} is on no simulated disk`)
  return disk
}

/** The octets of a file, or the error that Node gives for one that is not there. */
export function readWhole(path: string): Buffer {
  const octets = diskOf(path).files.get(path)
  if (octets !== undefined) return octets
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), {
    code: 'ENOENT',
  })
}
