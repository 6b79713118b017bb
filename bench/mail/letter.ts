/** The letters that are composed and sent: the same for every program. */

export const SENDER = 'office@example.org'
export const SENDER_NAME = 'Центральный склад'
export const SUBJECT = 'Остатки и заказы магазина на вечер 22 ноября'

/** Makes a letter of about 2,048 octets, once it is encoded. */
const LINES = 11

/** The text of the letter with a number. */
export function textOf(number: number): string {
  return Array.from({ length: LINES }, (_, line) => {
    return `${line + 1}. Товар № ${number}/${line}: на складе 17 штук, заказано 5, цена 240 р.\n`
  }).join('')
}

export function recipientOf(number: number): string {
  return `shop-${number % 1000}@example.org`
}

/** Does something for each number up to a count, with at most so many under way at once. */
export async function forEachNumber(
  count: number,
  work: (number: number) => Promise<unknown>,
  limit: number,
): Promise<void> {
  let next = 0
  const workers = Array.from({ length: Math.min(limit, count) }, async () => {
    while (next < count) {
      const number = next
      next += 1
      await work(number)
    }
  })
  await Promise.all(workers)
}
