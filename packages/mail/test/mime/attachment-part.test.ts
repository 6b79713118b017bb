import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HeaderInvalid, parseContentType } from '../../src/mime.ts'
import { attachmentPart } from '../../src/mime/attachment-part.ts'

function typeFieldOf(parameters: ReadonlyMap<string, string>, fileName?: string): string {
  const { fields } = attachmentPart({
    contentType: 'text/csv',
    parameters,
    ...(fileName !== undefined && { fileName }),
    content: async function* () {},
  })
  return fields.slice(0, fields.indexOf('Content-Transfer-Encoding'))
}

describe('the parameters of the content type of an attachment', () => {
  it('stand before its name, in whatever form they need', () => {
    const parameters = new Map([
      ['charset', 'koi8-r'],
      ['header', 'с именами'],
    ])

    for (const fileName of [undefined, 'остатки.csv']) {
      const field = typeFieldOf(parameters, fileName)
      const read = parseContentType(field.slice('Content-Type: '.length).replaceAll('\r\n', ''))
      assert.equal(read.mediaType, 'text/csv')
      assert.deepEqual(
        ['charset', 'header', 'name'].map((name) => read.parameters.get(name)),
        ['koi8-r', 'с именами', fileName],
      )
    }
  })

  it('S17 are refused when they can not be written, or are the name', () => {
    for (const [name, value] of [
      ['name', 'a.csv'],
      ['NAME', 'a.csv'],
      ['a*0', 'x'],
      ['a;b', 'x'],
      ['a\r\nb', 'x'],
      ['', 'x'],
      ['charset', 'x\r\nBcc: y'],
      ['charset', 'x\u0085'],
    ] as const) {
      assert.throws(() => typeFieldOf(new Map([[name, value]])), HeaderInvalid, `${name}=${value}`)
    }
  })
})
