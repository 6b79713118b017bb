import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CanonicalLetter } from '../../src/base/canonical-letter.ts'
import {
  DkimContentChanged,
  type DkimKey,
  DkimKeyUnusable,
  readDkimKey,
  signMessage,
} from '../../src/dkim.ts'
import { LimitExceeded } from '../../src/errors.ts'
import { inOneBuffer, octets } from '../mime/cut.ts'
import { ED25519_PEM, ed25519Key, rsaKey } from './keys.ts'
import { letterOf, letterOfDraft, LetterOfPieces, octetsOfLetter } from './letters.ts'

const signedAt = new Date('2026-03-01T10:00:00Z')
const HEADER = 'From: a@example.org\r\nSubject: x\r\n\r\n'

/** A field on one line. */
function unfolded(field: string | undefined): string {
  return (field ?? '').replaceAll('\r\n ', ' ').trim()
}

/** Pieces of a letter too large to be kept in memory. */
function largeLetter(last = 'end\r\n'): readonly Uint8Array[] {
  const line = octets(`${'a'.repeat(70)}\r\n`)
  return [octets(HEADER), ...Array.from({ length: 2000 }, () => line), octets(last)]
}

/** A key that signs with nothing, to look at what is around the signature. */
function keyOf(length: number): DkimKey {
  return {
    domain: 'example.org',
    selector: 's',
    algorithm: 'rsa-sha256',
    sign: async () => new Uint8Array(length),
  }
}

describe('A signed message', () => {
  it('is the signature fields, in the order of the keys, and the letter as it was', async () => {
    const letter = letterOfDraft()
    const signed = await signMessage(letter, [rsaKey, ed25519Key], { signedAt })
    const whole = await octetsOfLetter(signed)

    assert.equal(
      whole.toString('latin1'),
      signed.signatureFields.join('') + (await octetsOfLetter(letter)).toString('latin1'),
    )
    assert.deepEqual(
      signed.signatureFields.map((field) => /a=([^;]*)/.exec(field)?.[1]),
      ['rsa-sha256', 'ed25519-sha256'],
    )
  })

  it('has the octets that were read, whatever their memory is used for afterwards', async () => {
    for (const pieces of [[octets(HEADER), octets('one\r\n'), octets('two\r\n')], largeLetter()]) {
      const plain = new LetterOfPieces(() => pieces)
      const fleeting = new LetterOfPieces(() => inOneBuffer(pieces))
      const signed = await signMessage(fleeting, ed25519Key, { signedAt })
      const copies: Buffer[] = []
      for await (const piece of signed) copies.push(Buffer.from(piece))

      const expected = await octetsOfLetter(await signMessage(plain, ed25519Key, { signedAt }))
      assert.deepEqual(Buffer.concat(copies), expected)
    }
  })

  it('is canonical, needs what the letter needs and knows its size', async () => {
    const letter = new LetterOfPieces(() => largeLetter(), '8BITMIME')
    const signed = await signMessage(letter, rsaKey)

    assert.ok(CanonicalLetter.is(signed))
    assert.equal(signed.body, '8BITMIME')
    assert.equal(signed.needsSmtpUtf8, false)
    assert.equal(signed.sizeOctets, (await octetsOfLetter(signed)).length)
  })

  it('is the same each time it is read', async () => {
    const signed = await signMessage(new LetterOfPieces(largeLetter), ed25519Key, { signedAt })

    assert.deepEqual(await octetsOfLetter(signed), await octetsOfLetter(signed))
  })

  it('is there as a whole when it is small, and need not be waited for', async () => {
    const small = await signMessage(letterOf(`${HEADER}a\r\n`), ed25519Key, { signedAt })
    const large = await signMessage(new LetterOfPieces(largeLetter), ed25519Key, { signedAt })

    assert.deepEqual(Buffer.from(small.whole() ?? []), await octetsOfLetter(small))
    assert.equal(large.whole(), undefined)
  })

  it('is the same wherever the letter is cut', async () => {
    const text = `${HEADER}a \r\n b\t\r\n\r\n`
    const whole = await octetsOfLetter(await signMessage(letterOf(text), ed25519Key, { signedAt }))
    const cut = new LetterOfPieces(() => Array.from(octets(text), (octet) => Uint8Array.of(octet)))

    assert.deepEqual(await octetsOfLetter(await signMessage(cut, ed25519Key, { signedAt })), whole)
  })

  it('reads a small letter once, a large one once more each time it is sent', async () => {
    const small = letterOf(`${HEADER}x\r\n`)
    const large = new LetterOfPieces(() => largeLetter())
    for (const letter of [small, large]) await octetsOfLetter(await signMessage(letter, rsaKey))

    assert.equal(small.timesRead, 1)
    assert.equal(large.timesRead, 2)
  })

  it('keeps what it needs of pieces whose memory is used again', async () => {
    const memory = new Uint8Array(72)
    const letter = new (class extends LetterOfPieces {
      override async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
        for (const piece of largeLetter()) {
          memory.set(piece)
          yield memory.subarray(0, piece.length)
        }
        memory.fill(0)
      }
    })(() => [])
    const signed = await signMessage(letter, ed25519Key)
    let text = ''
    for await (const piece of signed) text += Buffer.from(piece).toString('latin1')

    assert.ok(text.endsWith('a\r\nend\r\n'))
  })
})

describe('A letter that has changed since it was signed', () => {
  const changes: readonly (readonly [what: string, pieces: readonly Uint8Array[]])[] = [
    ['in its last octets', largeLetter('END\r\n')],
    ['to a longer one', [...largeLetter(), octets('x')]],
    ['to a shorter one', largeLetter().slice(0, -1)],
    ['to a shorter one by blanks that are not signed', largeLetter('end \r\n')],
    ['in its header section', [octets(HEADER.replace('x', 'y')), ...largeLetter().slice(1)]],
  ]
  for (const [what, changed] of changes) {
    it(`${what} is broken off before its end`, async () => {
      const letter = new LetterOfPieces(() => (letter.timesRead > 1 ? changed : largeLetter()))
      const signed = await signMessage(letter, ed25519Key)
      let sent = 0
      const sending = (async () => {
        for await (const piece of signed) sent += piece.length
      })()

      await assert.rejects(sending, (error) => {
        assert.ok(error instanceof DkimContentChanged)
        assert.equal(error.code, 'DKIM_CONTENT_CHANGED')
        assert.equal(error.transient, false)
        assert.equal(error.signedOctets, Buffer.concat(largeLetter()).length)
        return true
      })
      assert.ok(sent < signed.sizeOctets)
    })
  }
})

describe('A DKIM-Signature field', () => {
  it('names what is there, and once more what nobody may add', async () => {
    const header =
      'From: a@example.org\r\nTo: b@c.de\r\nTo: d@e.fg\r\nSender: s@example.org\r\n' +
      'List-Unsubscribe: <https://example.org/>\r\nX-Own: 1\r\nReceived: x\r\nDKIM-Signature: v=1\r\n\r\n'
    const { signatureFields } = await signMessage(letterOf(header), rsaKey, { alsoSign: ['X-Own'] })

    assert.equal(
      /h=([^;]*)/.exec(signatureFields.join('').replace(/\r\n /g, ''))?.[1],
      'from:from:sender:reply-to:to:to:to:cc:subject:date:content-type:list-unsubscribe:x-own:x-own',
    )
  })

  it('has the tags of RFC 6376 §3.5, and never l=', async () => {
    const { signatureFields } = await signMessage(letterOf(HEADER), keyOf(3), {
      signedAt,
      expiresAt: new Date('2026-03-08T10:00:00.9Z'),
      identity: '"склад;1"@sub.example.org',
      headerCanonicalization: 'simple',
    })
    const field = unfolded(signatureFields[0])

    assert.match(
      field,
      /^DKIM-Signature: v=1; a=rsa-sha256; c=simple\/relaxed; d=example\.org; s=s;/,
    )
    assert.match(field, / t=1772359200; x=1772964000; h=/)
    assert.match(field, / i="(?:=D1=81)(?:=D0=[0-9A-F]{2}){4}=3B1"@sub\.example\.org;/)
    assert.match(field, / bh=[A-Za-z0-9+/]{43}=; b=AAAA$/)
    assert.doesNotMatch(field, / l=/)
  })

  it('is signed as of now when nothing else is said', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { signatureFields } = await signMessage(letterOf(HEADER), rsaKey)
    const time = Number(/t=(\d+)/.exec(signatureFields.join(''))?.[1])

    assert.ok(time >= before && time <= Date.now() / 1000)
  })

  it('has lines of at most 76 columns and none of blanks', async () => {
    for (const length of [1, 54, 55, 64, 108, 128, 256, 512]) {
      const { signatureFields } = await signMessage(letterOf(HEADER), keyOf(length), {
        alsoSign: ['X-'.padEnd(60, 'a'), 'X-'.padEnd(59, 'b')],
      })
      const lines = signatureFields.join('').split('\r\n')

      assert.equal(lines.pop(), '')
      for (const line of lines) assert.match(line, /^(?=.{1,76}$) ?\S/)
    }
  })
})

describe('Signing is refused', () => {
  it('without a key', async () => {
    await assert.rejects(signMessage(letterOf(HEADER), []), RangeError)
  })

  it('when two keys would be looked for at one place', async () => {
    const twin = readDkimKey({ domain: 'EXAMPLE.org', selector: 'RSA', privateKey: ED25519_PEM })
    const signing = signMessage(letterOf(HEADER), [rsaKey, twin])

    await assert.rejects(signing, (error) => {
      assert.ok(error instanceof DkimKeyUnusable)
      assert.equal(error.check, 'selector-taken')
      assert.equal(error.selector, 'RSA')
      return true
    })
  })

  it('with a key of another maker whose name would leave its tag', async () => {
    const key = { ...rsaKey, domain: 'example.org; l=0' }

    await assert.rejects(signMessage(letterOf(HEADER), key), DkimKeyUnusable)
  })

  it('for a letter that has not one From', async () => {
    for (const header of ['', '\r\n', 'To: a@b.c\r\n\r\n', `From: x@example.org\r\n${HEADER}`]) {
      await assert.rejects(signMessage(letterOf(header), rsaKey), /RangeError: .* one From/)
    }
  })

  it('for a header section that does not end', async () => {
    const piece = octets('X: aaaaaaaaaaaaa\r\n'.repeat(60_000))
    const letter = new LetterOfPieces(() => Array.from({ length: 20 }, () => piece))

    await assert.rejects(signMessage(letter, rsaKey), LimitExceeded)
    await assert.rejects(signMessage(letterOf(HEADER), rsaKey, { maxHeaderOctets: 30 }), {
      code: 'LIMIT_EXCEEDED',
      option: 'maxHeaderOctets',
      value: HEADER.length,
    })
  })

  it('with options that cannot be meant so', async () => {
    const wrong = [
      { signedAt, expiresAt: signedAt },
      { signedAt: new Date(NaN) },
      { identity: 'example.org' },
      { identity: '@example.com' },
      { identity: '@notexample.org' },
      { identity: 'a b@example.org' },
      { identity: 'a..b@example.org' },
      { identity: '@склад.example.org' },
      { alsoSign: ['DKIM-Signature'] },
      { alsoSign: ['Received'] },
      { alsoSign: ['a;b'] },
      { alsoSign: ['a b'] },
      { maxHeaderOctets: NaN },
    ]
    for (const options of wrong) {
      await assert.rejects(signMessage(letterOf(HEADER), rsaKey, options), RangeError)
    }
  })
})
