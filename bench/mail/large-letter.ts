import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'

/** Writes a letter with a file in base64, the same megabyte over and over: what is measured does not look at it. */
export function writeLargeLetter(path: string, megabytes: number): void {
  const lines = randomFillSync(Buffer.alloc(57 * 17_544))
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n')
  const file = openSync(path, 'wx')
  writeSync(
    file,
    [
      'Subject: large',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: application/octet-stream; name=large.bin',
      'Content-Disposition: attachment; filename=large.bin',
      'Content-Transfer-Encoding: base64',
      '',
      '',
    ].join('\r\n'),
  )
  for (let written = 0; written < megabytes; written += 1) writeSync(file, lines)
  writeSync(file, '--b--\r\n')
  closeSync(file)
}
