import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textOf } from '../../src/base/octets.ts'
import { codesOf, EHLO, octetsOf, OPTIONS, say, settle, heard } from './server-talk.ts'
import { SmtpServerSession } from '../../src/smtp/server-session.ts'

const ENVELOPE = 'MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n'

describe('SMTP server session and BDAT', () => {
  it('S5 takes chunks as they are, an empty last one too', () => {
    const result = say(`${EHLO}${ENVELOPE}BDAT 4\r\n.\r\n.BDAT 3\r\n\0\n.BDAT 0 LAST\r\nQUIT\r\n`)

    assert.deepEqual(codesOf(result), ['250', '250', '250', '250', '250', '250', '221'])
    assert.equal(textOf(result.letters[0]?.octets ?? octetsOf('')), '.\r\n.\0\n.')
  })

  it('does not depend on how the octets are cut', () => {
    const session = new SmtpServerSession(OPTIONS)
    const events = session.start()
    for (const octet of octetsOf(`${EHLO}${ENVELOPE}BDAT 2\r\nabBDAT 1 LAST\r\nc`)) {
      events.push(...settle(session, session.receive(Uint8Array.of(octet))))
    }

    const [letter] = heard(events).letters
    assert.equal(textOf(letter?.octets ?? octetsOf('')), 'abc')
  })

  for (const { name, text, codes } of [
    { name: 'without MAIL', text: 'BDAT 4 LAST\r\nQUIT', codes: ['503'] },
    {
      name: 'without a recipient',
      text: 'MAIL FROM:<a@example.org>\r\nBDAT 4 LAST\r\nQUIT',
      codes: ['250', '554'],
    },
    {
      name: 'after one that was too large, until RSET',
      text: `${ENVELOPE}BDAT 10001\r\n${'x'.repeat(10_001)}BDAT 4 LAST\r\nQUITRSET\r\n`,
      codes: ['250', '250', '552', '503', '250'],
    },
    {
      name: 'then DATA',
      text: `${ENVELOPE}BDAT 1\r\nxDATA\r\n`,
      codes: ['250', '250', '250', '503'],
    },
    {
      name: 'DATA with BODY=BINARYMIME',
      text: `MAIL FROM:<a@b.c> BODY=BINARYMIME\r\nRCPT TO:<b@b.c>\r\nDATA\r\n`,
      codes: ['250', '250', '503'],
    },
  ]) {
    it(`reads the octets of what it refuses: ${name}`, () => {
      const result = say(`${EHLO}${text}`)

      assert.deepEqual(codesOf(result).slice(1), codes)
      assert.deepEqual(result.letters, [])
    })
  }

  it('is refused, and its octets read, by a server that does not offer it', () => {
    const text = 'MAIL FROM:<a@b.c> BODY=BINARYMIME\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\n'
    const result = say(`${EHLO}${text}`, { offersChunking: false })

    assert.doesNotMatch(result.replies, /CHUNKING\r|BINARYMIME\r/)
    assert.deepEqual(codesOf(result).slice(1), ['555', '502', '250'])
  })

  it('reads the octets of one that is answered by somebody else', () => {
    const result = say(`${EHLO}BDAT 6 LAST\r\nQUIT\r\n`, {}, { command: '451 4.3.0 later' })

    assert.deepEqual(codesOf(result), ['451', '451'])
  })

  it('closes when it can not know where the next command begins', () => {
    const result = say(`${EHLO}${ENVELOPE}BDAT many\r\nNOOP\r\n`)

    assert.deepEqual(codesOf(result).slice(3), ['501'])
    assert.equal(result.events.at(-1)?.kind, 'close')
  })

  it('keeps what MAIL and RCPT said besides', () => {
    const { letters } = say(
      `${EHLO}MAIL FROM:<a@b.c> RET=HDRS ENVID=a+2B1 BODY=BINARYMIME\r\n` +
        'RCPT TO:<b@b.c> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+40b.c\r\nBDAT 1 LAST\r\nx',
    )

    assert.deepEqual(Object.fromEntries(letters[0]?.mailParameters ?? []), {
      RET: 'HDRS',
      ENVID: 'a+2B1',
      BODY: 'BINARYMIME',
    })
    assert.deepEqual(Object.fromEntries(letters[0]?.rcptParameters[0] ?? []), {
      NOTIFY: 'SUCCESS,DELAY',
      ORCPT: 'rfc822;b+40b.c',
    })
  })
})
