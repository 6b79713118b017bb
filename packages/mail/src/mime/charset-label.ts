/** What programs call a charset → the name that a decoder is known by. */

/** Names that mean a charset with another name. Microsoft's names of East Asian code pages mean a superset of the standard. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['utf7', 'utf-7'],
  ['cp65000', 'utf-7'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['x-unicode-2-0-utf-7', 'utf-7'],
  ['csutf7', 'utf-7'],
  ['utf_8', 'utf-8'],
  ['utf8mb4', 'utf-8'],
  ['cp65001', 'utf-8'],
  ['utf16', 'utf-16'],
  ['utf-16-le', 'utf-16le'],
  ['utf-16-be', 'utf-16be'],
  ['utf16le', 'utf-16le'],
  ['utf16be', 'utf-16be'],
  ['cp932', 'shift_jis'],
  ['windows-932', 'shift_jis'],
  ['cp943', 'shift_jis'],
  ['cp936', 'gbk'],
  ['windows-936', 'gbk'],
  ['ms936', 'gbk'],
  ['cp54936', 'gb18030'],
  ['cp949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['cp950', 'big5'],
  ['windows-950', 'big5'],
  ['ms950', 'big5'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['cp50222', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['cp51932', 'euc-jp'],
  ['cp50225', 'iso-2022-kr'],
  ['csiso2022kr', 'iso-2022-kr'],
  ['hz', 'hz-gb-2312'],
  ['cp52936', 'hz-gb-2312'],
  ['latin-1', 'iso-8859-1'],
  ['cp819', 'iso-8859-1'],
  ['cp20127', 'us-ascii'],
  ['cp20866', 'koi8-r'],
  ['cp878', 'koi8-r'],
  ['cp21866', 'koi8-u'],
  ['cp1168', 'koi8-u'],
  ['koi8u', 'koi8-u'],
  ['koi8r', 'koi8-r'],
  ['strk1048-2002', 'kz-1048'],
  ['rk1048', 'kz-1048'],
])

/** Windows code pages: `cp-1251`, `win1251`, `windows_1251`. */
const WINDOWS = /^(?:cp|win|windows|ms|x-cp)[-_]?(125[0-8]|874)$/
/** DOS code pages: `cp437`, `IBM-850`, `dos-866`. */
const DOS = /^(?:cp|ibm|dos|oem|pc|csibm|cspc)[-_]?(\d{3})$/
/** `iso8859-5`, `8859_5`, `iso_8859_5`, and Microsoft's number for it, `cp28595`. */
const ISO = /^(?:(?:iso[-_]?)?8859[-_]?|cp2859)(\d{1,2})$/

/** In lower case, without quotes, white space and what else gets stuck to a label, and by the name that most know it by. */
export function charsetName(label: string): string {
  if (label === 'utf-8') return label
  const written = label
    .toLowerCase()
    .replaceAll(/["'\s;]/g, '')
    .replace(/^charset=/, '')
  const alias = ALIASES.get(written)
  if (alias !== undefined) return alias
  const [, windows] = WINDOWS.exec(written) ?? []
  if (windows !== undefined) return `windows-${windows}`
  const [, dos] = DOS.exec(written) ?? []
  if (dos !== undefined) return `ibm${dos}`
  const [, iso] = ISO.exec(written) ?? []
  return iso === undefined ? written : `iso-8859-${Number(iso)}`
}
