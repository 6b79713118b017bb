import { type FileHandle, open } from 'node:fs/promises'

/** Each turn of the event loop costs as much as some ten kilobytes. */
const WINDOW_OCTETS = 256 * 1024

/** Most files are smaller: a window for a large one, taken for each of them, is more than all that is read. */
const FIRST_OCTETS = 16 * 1024

/** A look into a file, of which a part at a time is in memory: it moves from the beginning to the end, and may begin anew. */
export class FileWindow {
  readonly #file: FileHandle
  #memory = Buffer.allocUnsafe(FIRST_OCTETS)
  #begin = 0
  #end = 0
  #position = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(path: string): Promise<FileWindow> {
    return new FileWindow(await open(path, 'r'))
  }

  /** Where in the file it begins. */
  get position(): number {
    return this.#position
  }

  /**
   * Brings at least so many octets into sight, fewer only where the file ends, and gives all that are. Their memory is used again with
   * the next call.
   */
  async show(octets: number): Promise<Buffer> {
    if (this.#end - this.#begin < octets) await this.#read(octets)
    return this.#memory.subarray(this.#begin, this.#end)
  }

  /** Moves on over octets that are in sight. */
  skip(octets: number): void {
    this.#begin += octets
    this.#position += octets
  }

  moveTo(position: number): void {
    if (position === this.#position) return
    this.#begin = 0
    this.#end = 0
    this.#position = position
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #read(octets: number): Promise<void> {
    this.#makeRoom(octets)
    while (this.#end - this.#begin < octets) {
      const { bytesRead } = await this.#file.read(
        this.#memory,
        this.#end,
        this.#memory.length - this.#end,
        this.#position + this.#end - this.#begin,
      )
      if (bytesRead === 0) return
      this.#end += bytesRead
    }
  }

  /** What is left in sight goes to the beginning. A file that has filled the window once is a large one. */
  #makeRoom(octets: number): void {
    const wasFull = this.#end === this.#memory.length
    const needed = octets > this.#memory.length ? octets * 2 : wasFull ? WINDOW_OCTETS : 0
    const isLarger = needed > this.#memory.length
    const memory = isLarger ? Buffer.allocUnsafe(needed) : this.#memory
    this.#memory.copy(memory, 0, this.#begin, this.#end)
    this.#memory = memory
    this.#end -= this.#begin
    this.#begin = 0
  }
}
