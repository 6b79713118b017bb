/** Letters as they come: sound, odd and broken, each with a name. What they are read as is compared with what another program reads. */
import { NESTED, SIMPLE } from './example-letters.ts'

/** Octets as text, one character an octet; a text of other characters is UTF-8. */
function lines(...texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.join('\r\n'))
}

function latin(...texts: readonly string[]): Uint8Array {
  return Uint8Array.from(texts.join('\r\n'), (character) => character.charCodeAt(0))
}

/** A letter of a header section and a short text. */
function withFields(...fields: readonly string[]): Uint8Array {
  return lines('Date: Sun, 22 Nov 2026 07:33:00 +0300', ...fields, '', 'Text.', '')
}

/** A letter with one file, which says its name so. */
function withFile(...fields: readonly string[]): Uint8Array {
  return lines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'See the file.',
    '--b',
    ...fields,
    '',
    'content',
    '--b--',
    '',
  )
}

function encoded(encoding: string, content: string): Uint8Array {
  return lines(
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    content,
  )
}

export const LETTERS: Readonly<Record<string, Uint8Array>> = {
  'RFC 2046, simple': lines(...SIMPLE),
  'multiparts in multiparts': lines(...NESTED),
  'header alone': lines('Subject: nothing else', ''),
  'no header': lines('', 'Only text.', ''),
  'bare line feeds': new TextEncoder().encode('Subject: unix\nFrom: a@b.test\n\none\ntwo\n'),

  'M1 folded at spaces and tabs': withFields('Subject: one', '\ttwo', ' three'),
  'M2 words of a charset': withFields('Subject: =?utf-8?B?0KLQtdC80LA=?= and more'),
  'M2 words of several charsets': withFields(
    'Subject: =?koi8-r?Q?=F4=C5=CD=C1?= =?windows-1251?B?8uXs4A==?=',
  ),
  'M2 a character in two words': withFields(
    'Subject: =?utf-8?B?0KI=?= =?utf-8?B?0LXQ?= =?utf-8?B?vA==?=',
  ),
  'M2 a word inside quotes': withFields('From: "=?utf-8?Q?=D0=A2?=" <a@b.test>'),
  'M2 a word with a language': withFields('Subject: =?utf-8*ru?B?0KLQtdC80LA=?='),
  'M2 words that touch': withFields('Subject: x=?utf-8?Q?=D0=A2?=y'),
  'M2 a word with spaces in it': withFields('Subject: =?utf-8?Q?a b?='),
  'M2 damaged base64': withFields('Subject: =?utf-8?B?0KLQtdC80LA?='),
  'M2 an unknown charset': withFields('Subject: =?x-none?Q?abc?='),
  'M3 an address in a word': withFields('From: =?utf-8?Q?=3Cevil=40x.test=3E?= <ok@y.test>'),
  'RFC 6532 in a header': withFields('Subject: Тема', 'From: Имя <a@b.test>'),

  'M4 RFC 2231': withFile("Content-Disposition: attachment; filename*=utf-8''%D0%A2.txt"),
  'M4 RFC 2231 in pieces': withFile(
    "Content-Disposition: attachment; filename*0*=utf-8''%D0%A2;",
    ' filename*1*=%D0%B5; filename*2=".txt"',
  ),
  'M4 pieces out of order': withFile(
    'Content-Disposition: attachment; filename*1="b.txt"; filename*0="a"',
  ),
  'M4 a name twice': withFile(
    'Content-Disposition: attachment; filename="t.txt"; filename*=utf-8\'\'%D0%A2.txt',
  ),
  'M4 another charset': withFile(
    "Content-Disposition: attachment; filename*=windows-1251''%D2.txt",
  ),
  'M4 encoded as RFC 2047': withFile(
    'Content-Disposition: attachment; filename="=?utf-8?B?0KI=?=.txt"',
  ),
  'M4 a name of the type': withFile('Content-Type: application/pdf; name="a b.pdf"'),
  'M5 a path': withFile('Content-Disposition: attachment; filename="../../etc/passwd"'),

  'M6 a boundary that begins another': lines(
    'Content-Type: multipart/mixed; boundary=a',
    '',
    '--a',
    '',
    'one',
    '--ab',
    'still one',
    '--a',
    '',
    'two',
    '--a--',
  ),
  'M6 never closed': lines('Content-Type: multipart/mixed; boundary=a', '', '--a', '', 'one', ''),
  'M6 white space behind': lines(
    'Content-Type: multipart/mixed; boundary=a',
    '',
    '--a  ',
    '',
    'one',
    '--a-- \t',
    '',
  ),
  'M6 no boundary': lines('Content-Type: multipart/mixed', '', '--a', '', 'one', '--a--'),
  'M6 quoted, with a colon': lines(
    'Content-Type: multipart/mixed; boundary="a:b c"',
    '',
    '--a:b c',
    '',
    'one',
    '--a:b c--',
  ),

  'M8 base64 without padding': encoded('base64', '0KLQtdC60YHRgg'),
  'M8 base64 with strays': encoded('base64', '0KLQ!tdC6\r\n0YHR gg==\r\n'),
  'M8 base64 that goes on behind padding': encoded('base64', 'YQ==Yg=='),
  'M8 quoted-printable': encoded('quoted-printable', '=D0=A2=D0=B5 =\r\n=d0=ba \t\r\nend='),
  'M8 quoted-printable, damaged': encoded('quoted-printable', 'a=ZZb=4'),
  'M10 an unknown encoding': encoded('x-uuencode', 'content'),
  'M10 base64 of a multipart': lines(
    'Content-Type: multipart/mixed; boundary=a',
    'Content-Transfer-Encoding: base64',
    '',
    '--a',
    '',
    'one',
    '--a--',
  ),
  'M11 koi8-r': latin('Content-Type: text/plain; charset=koi8-r', '', '\xf4\xc5\xcb\xd3\xd4'),
  'M11 a label in quotes': latin('Content-Type: text/plain; charset="\'koi8-r\'"', '', '\xf4\xc5'),
  'M12 a mailbox line': lines('From a@b.test Sun Nov 22 07:33:00 2026', 'Subject: s', '', 'Text.'),
  'M12 an empty letter': new Uint8Array(),
  'M13 two subjects': withFields('Subject: one', 'Subject: two'),
  'M13 two types': lines('Content-Type: text/html', 'Content-Type: text/plain', '', 'Text.'),

  'M14 a group': withFields('To: Shops: a@b.test, "C, D" <c@d.test>;, e@f.test'),
  'M14 an empty group': withFields('To: undisclosed-recipients:;'),
  'M14 comments': withFields('From: a(one (two)) @ (three) b.test (four)'),
  'M14 quoted pairs': withFields(String.raw`From: "a \"b\" \\ c" <"d e"@f.test>`),
  'M14 a route': withFields('From: <@relay.test:a@b.test>'),
  'M14 a literal': withFields('From: a@[192.0.2.1]'),
  'M14 an angle that does not close': withFields('From: A <a@b.test'),
  'M14 words behind': withFields('From: "a" <b@c.test> d'),
  'M14 a comma in a name': withFields('From: C, D <c@d.test>'),
  'M14 a semicolon between': withFields('To: a@b.test; c@d.test'),

  'M15 an obsolete zone': lines('Date: Sun, 22 Nov 2026 07:33 EST', '', ''),
  'M15 two digits': lines('Date: 22 Nov 26 07:33:00 -0000', '', ''),
  'M15 a comment': lines('Date: Sun, 22 Nov 2026 07:33:00 +0300 (MSK)', '', ''),
  'M15 a day that lies': lines('Date: Mon, 22 Nov 2026 07:33:00 +0300', '', ''),
  'M15 no date': lines('Date: yesterday', '', ''),
  'M15 the 31 February': lines('Date: Tue, 31 Feb 2026 07:33:00 +0300', '', ''),

  'M17 a report': lines(
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
    '',
    '--r',
    '',
    'It failed.',
    '--r',
    'Content-Type: text/rfc822-headers',
    '',
    'Subject: s',
    '',
    '--r--',
  ),
}
