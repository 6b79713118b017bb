import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { htmlToText } from '../../src/model/internet-mail/html-to-text.ts'
import { costOf } from '../cost-of.ts'

/** How many times longer, and how many times as long that may take: proportional is 8, quadratic 64. */
const TIMES = 8
const MOST = 24
const SIZE = 4000

describe('HTML as plain text', () => {
  for (const [html, text] of [
    ['Всё <b>на</b> месте', 'Всё на месте'],
    ['<p>one</p>\r\n<p>two</p>', 'one\n\ntwo'],
    ['one<br>two<BR/>three', 'one\ntwo\nthree'],
    ['<ul><li>one<li>two</ul>', 'one\ntwo'],
    [
      'a &lt;b&gt; &amp;amp; &#1044;&#x434; &unknown; &#0; &#1114112;',
      'a <b> &amp; Дд &unknown; &#0; &#1114112;',
    ],
    ['<html><head><title>t</title></head><style>p { }</style>x<script>a < b</script>y', 'xy'],
    ['<!DOCTYPE html><!-- <p>no</p> -->yes', 'yes'],
    ['5 < 6 <- 7', '5 < 6 <- 7'],
    ['cut <b', 'cut <b'],
    ['cut <!-- off', 'cut'],
    ['cut <style> off', 'cut'],
    ['', ''],
  ] as const) {
    it(`reads ${JSON.stringify(html)}`, () => {
      assert.equal(htmlToText(html), text)
    })
  }

  it('is text for anything, with no blanks at the ends of lines', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '</',
        '<!--',
        '-->',
        '<p',
        '<style>',
        '</style>',
        '&amp;',
        '&#',
        '\n',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        assert.doesNotMatch(htmlToText(pieces.join('')), /[ \t]$|^[ \t]|\n\n\n/m)
      }),
    )
  })

  for (const piece of [
    '<',
    '< ',
    '<a',
    '<!--',
    '<style>',
    '<style></style >',
    '&#',
    '&a',
    '<p>',
    ' \n',
  ]) {
    it(`takes time in proportion to its length, however often it has ${JSON.stringify(piece)}`, () => {
      const [small, large] = [SIZE, SIZE * TIMES].map((size) => piece.repeat(size))
      const read = (html: string | undefined) => (): string => htmlToText(html ?? '')
      costOf(read(small))

      assert.ok(costOf(read(large)) < (costOf(read(small)) + 1000) * MOST)
    })
  }
})
