import { exchangeAt, numbersAt, type Reading, type Story } from '../story.ts'
import { ORDER_ID } from './ordinary-day.ts'

const SHIPPING = [
  `UPDATE Orders SET ShippedDate = '1998-05-08 00:00:00.000' WHERE OrderID = ${ORDER_ID}`,
]

/** A letter is delivered twice, and counts once. Gives what must be so in the end. */
export async function showLetterTwice(story: Story): Promise<readonly Reading[]> {
  const { screen, sites, mailRoom, verdict } = story
  const { office, first } = sites
  const { twice, ...texts } = story.texts.mishaps
  screen.subheading(twice.title)
  screen.paragraph(twice.begin)
  screen.sql(first.code, SHIPPING)
  first.write(SHIPPING)
  mailRoom.arrange({ from: first.code, to: office.code }, ['duplicate'])
  await exchangeAt(story, first)
  const sent = await numbersAt(story, first, office)
  screen.paragraph(twice.next)
  await exchangeAt(story, office)
  screen.paragraph(twice.heal)
  const received = await numbersAt(story, office, first)
  const [last] = mailRoom.letters.filter(({ fate }) => fate === 'duplicate')
  verdict.check(
    last !== undefined && received.receivedNo === sent.sentNo && received.gapBefore === 0,
    texts.tookOnce(office.code, sent.sentNo),
  )
  return [
    {
      name: texts.shipping(ORDER_ID),
      query: `SELECT ShippedDate FROM Orders WHERE OrderID = ${ORDER_ID}`,
      expected: '1998-05-08 00:00:00.000',
    },
  ]
}
