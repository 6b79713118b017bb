import type { DemoSite } from '../site.ts'
import { readStatus, type SiteStatus } from '../site-status.ts'
import { allSites, type Story } from '../story.ts'

/** As many digits as tell two tables apart at a glance; all of them are compared. */
const SHOWN_DIGITS = 12

interface SiteResult {
  readonly site: DemoSite
  readonly status: SiteStatus
}

/** The numbers and checksums of every site, and the letters that it took. */
export async function showResult(story: Story): Promise<void> {
  const { screen, texts, obmen } = story
  screen.heading(texts.result.heading())
  const results: SiteResult[] = []
  for (const site of allSites(story)) {
    const json = await obmen.ask(['status', '--config', site.configPath, '--checksums'])
    results.push({ site, status: readStatus(json) })
  }
  showNodes(story, results)
  showChecksums(story, results)
  showLetters(story)
}

function showNodes(
  { screen, texts, format, verdict }: Story,
  results: readonly SiteResult[],
): void {
  const { result } = texts
  screen.paragraph(result.explainNodes())
  const numbers = [
    result.sentTitle(),
    result.acknowledgedTitle(),
    result.receivedTitle(),
    result.waitingTitle(),
  ].map((title) => ({ title, align: 'right' }) as const)
  screen.table(
    [{ title: result.siteTitle() }, { title: result.nodeTitle() }, ...numbers],
    results.flatMap(({ site, status }) =>
      status.nodes.map(({ node, sentNo, acknowledgedNo, receivedNo, waitingRows }) => [
        site.code,
        node,
        ...[sentNo, acknowledgedNo, receivedNo, waitingRows].map((number) => format.number(number)),
      ]),
    ),
  )
  screen.gap()
  for (const { site, status } of results) {
    const isDone = status.nodes.every(({ waitingRows, unacknowledgedRows, gapBefore }) => {
      return waitingRows === 0 && unacknowledgedRows === 0 && gapBefore === 0
    })
    verdict.check(isDone && status.nodes.length > 0, result.nothingWaits(site.code))
  }
}

function showChecksums(story: Story, results: readonly SiteResult[]): void {
  const { screen, texts, format, verdict } = story
  const { result } = texts
  const sums = results.map(({ status }) => new Map(status.checksums.map((sum) => [sum.table, sum])))
  const tables = [...new Set(sums.flatMap((sum) => [...sum.keys()]))].toSorted()
  screen.paragraph(result.explainChecksums())
  screen.table(
    [
      { title: result.tableTitle() },
      { title: result.rowsTitle(), align: 'right' },
      ...results.map(({ site }) => ({ title: site.code })),
    ],
    tables.map((table) => [
      table,
      format.number(sums[0]?.get(table)?.rowCount ?? 0),
      ...sums.map((sum) => sum.get(table)?.sha256.slice(0, SHOWN_DIGITS) ?? '–'),
    ]),
  )
  screen.gap()
  const differing = tables.filter((table) => {
    return new Set(sums.map((sum) => sum.get(table)?.sha256)).size !== 1
  })
  for (const table of differing) verdict.check(false, result.isSame(table))
  if (differing.length === 0) verdict.check(tables.length > 0, result.allSame(tables.length))
}

function showLetters({ screen, texts, format, mailRoom }: Story): void {
  const { result } = texts
  const { letters } = mailRoom
  const octets = letters.reduce((sum, { sizeOctets }) => sum + sizeOctets, 0)
  screen.paragraph(result.explainLetters(letters.length, format.size(octets)))
  screen.table(
    [
      { title: result.numberTitle(), align: 'right' },
      { title: result.subjectTitle() },
      { title: result.sizeTitle(), align: 'right' },
      { title: result.fateTitle() },
    ],
    letters.map(({ subject, sizeOctets, fate }, index) => [
      String(index + 1),
      subject,
      format.size(sizeOctets),
      result.fate(fate),
    ]),
  )
}
