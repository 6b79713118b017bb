/** How many octets the same rows take on their way: as our messages, as XML of 1C, and as a changeset of SQLite. */
import { gzipSync } from 'node:zlib'
import { DatabaseSync } from 'node:sqlite'

import { exchange } from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'

import type { Figures } from '../../programs.ts'
import { formatMessage } from '../one-c-xml.ts'
import { openSite } from '../site.ts'
import { INSERT, makeRow, TABLE, writeAll } from '../trade.ts'

const [folder = '.', rowsText = '100000'] = process.argv.slice(2)
const rows = Array.from({ length: Number(rowsText) }, (_, no) => makeRow(no))

const post = new PostOffice()
const { database, context } = await openSite(folder, { code: 'ЦБ', peers: ['С01'], post })
writeAll(database, INSERT, rows)
await exchange(context)
const octets = post.letters.reduce((sum, letter) => sum + letter.octets.length, 0)

const xml = Buffer.from(formatMessage(rows))
const watched = new DatabaseSync(':memory:')
watched.exec(TABLE)
const session = watched.createSession()
writeAll(watched, INSERT, rows)
const changeset = session.changeset()

const figures: Figures = {
  octets,
  xmlOctets: xml.length,
  zippedXmlOctets: gzipSync(xml).length,
  changesetOctets: changeset.length,
  zippedChangesetOctets: gzipSync(changeset).length,
}
console.log(JSON.stringify(figures))
