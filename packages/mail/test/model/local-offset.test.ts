import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { Email } from '../../src/index.ts'
import { InternetMailMessage } from '../../src/internet-mail.ts'
import { textOf } from '../../src/base/octets.ts'
import { localOffsetMinutes } from '../../src/model/local-offset.ts'

const { TZ } = process.env

afterEach(() => {
  if (TZ === undefined) delete process.env['TZ']
  else process.env['TZ'] = TZ
})

async function dateFieldOf(sentDate: string): Promise<string | undefined> {
  const email = new Email('shop@example.org', 'office@example.org', 'Stock')
  email.setHeader('Date', sentDate)
  return /^Date: (.+)\r$/m.exec(textOf(await email.toBytes()))?.[1]
}

describe('The date of a letter', () => {
  for (const { zone, instant, written } of [
    { zone: 'UTC', instant: '04:33:00 +0000', written: 'Sun, 22 Nov 2026 04:33:00 +0000' },
    {
      zone: 'Europe/Moscow',
      instant: '22:33:00 +0000',
      written: 'Mon, 23 Nov 2026 01:33:00 +0300',
    },
    {
      zone: 'America/New_York',
      instant: '04:33:00 +0300',
      written: 'Sat, 21 Nov 2026 20:33:00 -0500',
    },
    { zone: 'Asia/Kolkata', instant: '04:33:00 +0000', written: 'Sun, 22 Nov 2026 10:03:00 +0530' },
  ]) {
    it(`is written in the zone of the process, ${zone} (RFC 5322 §3.3)`, async () => {
      process.env['TZ'] = zone

      assert.equal(await dateFieldOf(`Sun, 22 Nov 2026 ${instant}`), written)
    })
  }

  it('has the zone that held on its day', async () => {
    process.env['TZ'] = 'Europe/Berlin'

    assert.equal(await dateFieldOf('1 Jul 2026 12:00 GMT'), 'Wed, 1 Jul 2026 14:00:00 +0200')
    assert.equal(await dateFieldOf('1 Dec 2026 12:00 GMT'), 'Tue, 1 Dec 2026 13:00:00 +0100')
  })

  it('is written so by the other objects, and stays the same point in time', async () => {
    process.env['TZ'] = 'Asia/Vladivostok'
    const message = new InternetMailMessage()
    message.from = 'shop@example.org'
    message.to.add('office@example.org')
    message.postingDate = new Date('2026-11-22T22:33:00Z')

    assert.match(await message.getSourceText(), /^Date: Mon, 23 Nov 2026 08:33:00 \+1000\r$/m)
    assert.equal(message.postingDate.toISOString(), '2026-11-22T22:33:00.000Z')
  })

  it('is in UTC where its local year can be in no letter', () => {
    process.env['TZ'] = 'America/New_York'

    assert.equal(localOffsetMinutes(new Date('1900-01-01T00:00:00Z')), 0)
    assert.equal(localOffsetMinutes(new Date('1900-01-02T00:00:00Z')), -300)
  })
})
