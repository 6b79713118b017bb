/**
 * The cheapest SMTP server there can be: it takes every letter and keeps none, so that what is measured is the client. It prints the port
 * that it listens at. With the argument `chunking` it offers CHUNKING (RFC 3030) too.
 */
import { createServer } from 'node:net'

const END_OF_CONTENT = Buffer.from('\r\n.\r\n')
/** What of the end of the content may have come in the piece before. */
const TAIL_OCTETS = END_OF_CONTENT.length - 1
const LF = 0x0a

const KEYWORDS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES']
const offered = process.argv.includes('chunking')
  ? [...KEYWORDS, 'CHUNKING', 'BINARYMIME']
  : KEYWORDS
const EHLO_REPLY = ['sink.example.org', ...offered]
  .map((line, index) => `250${index === offered.length ? ' ' : '-'}${line}\r\n`)
  .join('')

const server = createServer({ noDelay: true }, (socket) => {
  const conversation = new Conversation()
  socket.on('data', (octets) => {
    const replies = conversation.take(octets)
    if (replies !== '') socket.write(replies, 'latin1')
    if (conversation.isOver) socket.end()
  })
  socket.on('error', () => socket.destroy())
  socket.write('220 sink.example.org ESMTP\r\n')
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }))
})

/** What one client says, and what it is answered. */
class Conversation {
  isOver = false
  #replies = ''
  #unfinishedLine = ''
  /** The last octets of the content so far; `undefined` between letters. */
  #tail: Buffer | undefined
  /** Octets of a chunk that are still to come. */
  #chunkOctets = 0

  take(octets: Buffer): string {
    this.#replies = ''
    let at = 0
    while (at < octets.length) {
      if (this.#tail !== undefined) at = this.#skipContent(octets, at, this.#tail)
      else if (this.#chunkOctets > 0) at = this.#skipChunk(octets, at)
      else at = this.#takeLine(octets, at)
    }
    return this.#replies
  }

  #skipContent(octets: Buffer, at: number, tail: Buffer): number {
    const seam = Buffer.concat([tail, octets.subarray(at, at + TAIL_OCTETS)])
    const cut = seam.indexOf(END_OF_CONTENT)
    const whole = cut === -1 ? octets.indexOf(END_OF_CONTENT, at) : at + cut - tail.length
    if (cut === -1 && whole === -1) {
      const isShort = octets.length - at < TAIL_OCTETS
      this.#tail = Buffer.from((isShort ? seam : octets).subarray(-TAIL_OCTETS))
      return octets.length
    }
    this.#tail = undefined
    this.#replies += '250 2.0.0 taken\r\n'
    return whole + END_OF_CONTENT.length
  }

  #skipChunk(octets: Buffer, at: number): number {
    const skipped = Math.min(this.#chunkOctets, octets.length - at)
    this.#chunkOctets -= skipped
    if (this.#chunkOctets === 0) this.#replies += '250 2.0.0 taken\r\n'
    return at + skipped
  }

  #takeLine(octets: Buffer, at: number): number {
    const lineFeed = octets.indexOf(LF, at)
    const end = lineFeed === -1 ? octets.length : lineFeed + 1
    this.#unfinishedLine += octets.toString('latin1', at, end)
    if (lineFeed !== -1) {
      this.#replies += this.#answer(this.#unfinishedLine)
      this.#unfinishedLine = ''
    }
    return end
  }

  #answer(line: string): string {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return EHLO_REPLY
      case 'DATA':
        this.#tail = Buffer.from('\r\n')
        return '354 go on\r\n'
      case 'BDAT':
        this.#chunkOctets = Number.parseInt(line.slice(5), 10)
        return this.#chunkOctets === 0 ? '250 2.0.0 taken\r\n' : ''
      case 'QUIT':
        this.isOver = true
        return '221 2.0.0 bye\r\n'
      default:
        return '250 2.0.0 ok\r\n'
    }
  }
}
