import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { play } from '../../src/testing.ts'
import type { TokenLogin } from '../../src/sasl/credentials.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import { open, opening } from '../smtp/conversation.ts'

async function* tokensOf(
  tokens: readonly string[],
  asked: string[] = [],
): AsyncGenerator<Uint8Array> {
  for (const token of tokens) {
    asked.push(token)
    yield octetsOf(token)
  }
}

function login(tokens: AsyncIterator<Uint8Array>): TokenLogin {
  return { kind: 'token', user: 'tim', tokens, mechanism: 'XOAUTH2' }
}

/** What the client sends with a token, and what the server answers. */
function attempt(token: string, ...answers: readonly string[]): string {
  const message = Buffer.from(`user=tim\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64')
  return [`C: AUTH XOAUTH2 ${message}`, ...answers, ''].join('\n')
}

const REFUSED = ['S: 334 eyJzdGF0dXMiOiI0MDEifQ==', 'C: ', 'S: 535 5.7.8 no']
const begin = opening('AUTH XOAUTH2 PLAIN')

describe('A token', () => {
  it('A8 is asked for once when it is accepted', async () => {
    const asked: string[] = []

    await play(
      open({ credentials: login(tokensOf(['one', 'two'], asked)) }),
      begin + attempt('one', 'S: 235 ok'),
    )

    assert.deepEqual(asked, ['one'])
  })

  it('A8 that is refused is replaced once, on the same connection', async () => {
    await play(
      open({ credentials: login(tokensOf(['old', 'new'])) }),
      begin + attempt('old', ...REFUSED) + attempt('new', 'S: 235 ok'),
    )
  })

  it('A8 is not replaced a second time', async () => {
    const asked: string[] = []
    const credentials = login(tokensOf(['one', 'two', 'three'], asked))

    await assert.rejects(
      play(open({ credentials }), begin + attempt('one', ...REFUSED) + attempt('two', ...REFUSED)),
      AuthenticationFailed,
    )
    assert.deepEqual(asked, ['one', 'two'])
  })

  for (const { name, tokens } of [
    { name: 'there is no other', tokens: ['one'] },
    { name: 'the other one is the same', tokens: ['one', 'one'] },
  ]) {
    it(`A8 A10 is not sent again when ${name}`, async () => {
      await assert.rejects(
        play(open({ credentials: login(tokensOf(tokens)) }), begin + attempt('one', ...REFUSED)),
        (error) => error instanceof AuthenticationFailed && /\(401\): 535/.test(error.message),
      )
    })
  }

  it('A10 is not replaced when the server has a trouble that passes', async () => {
    const asked: string[] = []

    await assert.rejects(
      play(
        open({ credentials: login(tokensOf(['one', 'two'], asked)) }),
        begin + attempt('one', 'S: 454 4.7.0 later'),
      ),
      { code: 'AUTHENTICATION_FAILED', transient: true },
    )
    assert.deepEqual(asked, ['one'])
  })

  it('A11 is not asked for when the server could not use it', async () => {
    const asked: string[] = []

    await assert.rejects(
      play(open({ credentials: login(tokensOf(['one'], asked)) }), opening('AUTH PLAIN')),
      NoUsableMechanism,
    )
    assert.deepEqual(asked, [])
  })

  it('that nobody gives ends the login', async () => {
    await assert.rejects(play(open({ credentials: login(tokensOf([])) }), begin), {
      name: 'TypeError',
      message: 'the token provider gave no token',
    })
  })

  it('whose provider fails ends the login with its error', async () => {
    const failing = tokensOf(['x'])
    failing.next = async (): Promise<never> => {
      throw new Error('no token endpoint')
    }

    await assert.rejects(play(open({ credentials: login(failing) }), begin), /no token endpoint/)
  })
})
