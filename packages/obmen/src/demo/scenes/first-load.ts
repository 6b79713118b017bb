import { allSites, exchangeAt, statusOf, type Story } from '../story.ts'

/** The head office's rows travel to both warehouses, in several letters each. */
export async function showFirstLoad(story: Story): Promise<void> {
  const { screen, texts, sites } = story
  const { office, first, second } = sites
  screen.heading(texts.firstLoad.heading())
  screen.paragraph(texts.firstLoad.explain(office.countRows()))
  await exchangeAt(story, office)
  showState(story)
  screen.paragraph(texts.firstLoad.explainReceiving())
  await exchangeAt(story, first)
  showState(story)
  await exchangeAt(story, second)
  showState(story)
  screen.paragraph(texts.firstLoad.explainAcknowledging())
  await exchangeAt(story, office)
  showState(story)
  await checkLoad(story)
}

/** How full every database is, compared with the head office. */
function showState(story: Story): void {
  const { screen, texts, format, mailRoom, sites } = story
  const whole = sites.office.countRows()
  screen.gap()
  for (const site of allSites(story)) {
    const rows = site.countRows()
    screen.bar(site.code, { share: rows / whole, text: format.rows(rows) })
  }
  screen.output(texts.firstLoad.inMailbox(mailRoom.mailbox.letters().length))
}

async function checkLoad(story: Story): Promise<void> {
  const { verdict, texts, sites, mailRoom, screen } = story
  const rows = sites.office.countRows()
  screen.gap()
  for (const { code } of [sites.first, sites.second]) {
    const letters = mailRoom.letters.filter(({ route }) => route.to === code).length
    verdict.check(letters > 1, texts.firstLoad.isSplit(code, letters))
  }
  for (const site of [sites.first, sites.second]) {
    verdict.check(site.countRows() === rows, texts.firstLoad.isLoaded(site.code, rows))
  }
  const { nodes } = await statusOf(story, sites.office)
  const isAnswered = nodes.every(({ unacknowledgedRows }) => unacknowledgedRows === 0)
  verdict.check(isAnswered, texts.firstLoad.isAnswered())
}
