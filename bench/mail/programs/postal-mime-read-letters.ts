/** The same by postal-mime. Arguments: path, how many times. */
import { readFileSync } from 'node:fs'

import PostalMime from 'postal-mime'

import { costOf } from '../../clock.ts'

const [path = '', times = '0'] = process.argv.slice(2)
const letter = new Uint8Array(readFileSync(path))

async function readTimes(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const { from, to, subject, date, text } = await PostalMime.parse(letter)
    const isWhole = from !== undefined && to !== undefined && date !== undefined
    if (!isWhole || subject === undefined || text === undefined) throw new Error('not all was read')
  }
}

await readTimes(Number(times) / 3)
console.log(JSON.stringify(await costOf(() => readTimes(Number(times)))))
