/** The same by postal-mime, which takes the letter as a whole. Arguments: both paths. */
import { readFile, writeFile } from 'node:fs/promises'

import PostalMime from 'postal-mime'

import { costOf } from '../../clock.ts'

const [letterPath = '', filePath = ''] = process.argv.slice(2)

const cost = await costOf(async () => {
  const { attachments } = await PostalMime.parse(await readFile(letterPath))
  const content = attachments[0]?.content
  if (!(content instanceof ArrayBuffer)) throw new Error('there is no attachment')
  await writeFile(filePath, new Uint8Array(content))
})
console.log(JSON.stringify(cost))
