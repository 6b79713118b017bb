import { exchangeAt, numbersAt, type Reading, type Story } from '../story.ts'

const FIRST = ['UPDATE Products SET UnitPrice = 20.5 WHERE ProductID = 2']
const SECOND = ['UPDATE Products SET UnitPrice = 11.25 WHERE ProductID = 3']

/** A letter is lost: its receiver notices by the next one, asks, and gets everything. Gives what must be so in the end. */
export async function showLostLetter(story: Story): Promise<readonly Reading[]> {
  const { screen, sites, mailRoom, verdict } = story
  const { office, first } = sites
  const { lost, ...texts } = story.texts.mishaps
  screen.subheading(lost.title)
  screen.paragraph(lost.begin)
  mailRoom.arrange({ from: office.code, to: first.code }, ['lose'])
  await writeAndSend(story, FIRST)
  screen.paragraph(lost.next)
  await writeAndSend(story, SECOND)
  screen.paragraph(lost.heal)
  await exchangeAt(story, first)
  const asked = await numbersAt(story, first, office)
  await exchangeAt(story, office)
  const offered = await numbersAt(story, office, first)
  await exchangeAt(story, first)
  const healed = await numbersAt(story, first, office)
  screen.gap()
  verdict.check(
    asked.gapBefore > asked.receivedNo + 1,
    texts.asked(first.code, asked.gapBefore, asked.receivedNo),
  )
  verdict.check(
    offered.sentNo > asked.gapBefore && offered.acknowledgedNo === asked.receivedNo,
    texts.offeredAgain(office.code, first.code, offered.acknowledgedNo),
  )
  verdict.check(
    healed.receivedNo === offered.sentNo && healed.gapBefore === 0,
    texts.hasAll(first.code, healed.receivedNo),
  )
  return [
    {
      name: story.texts.day.price('Chang'),
      query: 'SELECT UnitPrice FROM Products WHERE ProductID = 2',
      expected: '20.5',
    },
    {
      name: story.texts.day.price('Aniseed Syrup'),
      query: 'SELECT UnitPrice FROM Products WHERE ProductID = 3',
      expected: '11.25',
    },
  ]
}

async function writeAndSend(story: Story, statements: readonly string[]): Promise<void> {
  const { office } = story.sites
  story.screen.sql(office.code, statements)
  office.write(statements)
  await exchangeAt(story, office)
}
