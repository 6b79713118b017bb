import { CanonicalLetter, type LetterBody } from '../../src/base/canonical-letter.ts'
import { composeMessage, MailboxAddress, type MessageDraft } from '../../src/mime.ts'
import { octets } from '../mime/cut.ts'

/** A letter of these pieces, counting how often it was read; `pieces` may give others the next time. */
export class LetterOfPieces extends CanonicalLetter {
  readonly sizeOctets: undefined
  readonly body: LetterBody
  readonly needsSmtpUtf8: boolean = false
  timesRead = 0
  readonly #pieces: () => Iterable<Uint8Array>

  constructor(pieces: () => Iterable<Uint8Array>, body: LetterBody = '7BIT') {
    super()
    this.#pieces = pieces
    this.body = body
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.timesRead++
    yield* this.#pieces()
  }
}

/** A letter of this text. */
export function letterOf(text: string): LetterOfPieces {
  return new LetterOfPieces(() => [octets(text)])
}

/** An ordinary draft, and what a test wants to be otherwise. */
export function letterOfDraft(draft: Partial<MessageDraft> = {}): CanonicalLetter {
  return composeMessage({
    from: MailboxAddress.parse('Обмен <exchange@example.org>'),
    to: [MailboxAddress.parse('head@example.org')],
    subject: 'Заказы склада С01 за первую половину марта, с накладными и остатками на складе',
    date: new Date('2026-03-01T10:00:00Z'),
    messageId: '<20260301.1@example.org>',
    boundary: 'fe32jkh4h5kjhSDkfu4h',
    text: 'All  is well. \n.\n..\nБез остатка \t\n\n\n',
    ...draft,
  })
}

/** All octets of a letter. */
export async function octetsOfLetter(letter: CanonicalLetter): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const octets of letter) pieces.push(octets)
  return Buffer.concat(pieces)
}
