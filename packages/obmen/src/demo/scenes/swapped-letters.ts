import { exchangeAt, numbersAt, type Reading, type Story } from '../story.ts'

const FIRST = [`UPDATE Suppliers SET Phone = '(171) 555-2299' WHERE SupplierID = 1`]
const SECOND = [`INSERT INTO Shippers (CompanyName, Phone) VALUES ('Северный путь', '555-0100')`]

/** Two letters arrive in the wrong order: the second waits for the first. Gives what must be so in the end. */
export async function showSwappedLetters(story: Story): Promise<readonly Reading[]> {
  const { screen, sites, mailRoom, verdict } = story
  const { office, second } = sites
  const { swapped, ...texts } = story.texts.mishaps
  screen.subheading(swapped.title)
  screen.paragraph(swapped.begin)
  mailRoom.arrange({ from: second.code, to: office.code }, ['hold', 'hold'])
  for (const statements of [FIRST, SECOND]) {
    screen.sql(second.code, statements)
    second.write(statements)
    await exchangeAt(story, second)
  }
  const before = await numbersAt(story, office, second)
  screen.paragraph(swapped.next)
  mailRoom.releaseLast()
  screen.line(texts.released('second'))
  await exchangeAt(story, office)
  const waiting = await numbersAt(story, office, second)
  screen.paragraph(swapped.heal)
  mailRoom.releaseLast()
  screen.line(texts.released('first'))
  await exchangeAt(story, office)
  const after = await numbersAt(story, office, second)
  screen.gap()
  verdict.check(
    waiting.receivedNo === before.receivedNo && waiting.gapBefore === before.receivedNo + 2,
    texts.waited(office.code, waiting.gapBefore),
  )
  const numbers = [before.receivedNo + 1, before.receivedNo + 2]
  verdict.check(after.receivedNo === numbers[1], texts.inOrder(office.code, numbers))
  return [
    {
      name: texts.supplierPhone(),
      query: 'SELECT Phone FROM Suppliers WHERE SupplierID = 1',
      expected: '(171) 555-2299',
    },
    {
      name: texts.shipper(),
      query: `SELECT Phone FROM Shippers WHERE CompanyName = 'Северный путь'`,
      expected: '555-0100',
    },
  ]
}
