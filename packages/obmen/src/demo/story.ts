import type { FormatMessages } from '../locale/messages.ts'
import type { CommandLine } from './command-line.ts'
import type { MailRoom } from './mail-room.ts'
import type { Screen } from './screen.ts'
import type { DemoSite } from './site.ts'
import { type NodeNumbers, readStatus, type SiteStatus } from './site-status.ts'
import type { DemoTexts } from './texts.ts'
import type { Verdict } from './verdict.ts'

/** The exchange plan that all sites share, from the admin guide. */
export const PLAN = 'УдаленныеСклады'

/** What every scene works with. */
export interface Story {
  readonly screen: Screen
  readonly texts: DemoTexts
  readonly format: FormatMessages
  readonly verdict: Verdict
  readonly obmen: CommandLine
  readonly mailRoom: MailRoom
  readonly sites: Sites
}

/** The head office exchanges with both warehouses; they know only the head office. */
export interface Sites {
  readonly office: DemoSite
  readonly first: DemoSite
  readonly second: DemoSite
}

export function allSites({ sites }: Story): readonly [DemoSite, DemoSite, DemoSite] {
  return [sites.office, sites.first, sites.second]
}

/** Gives the command `exchange` at a site, and tells what became of the letters on their way. */
export async function exchangeAt(story: Story, site: DemoSite): Promise<void> {
  const { letters } = story.mailRoom
  const before = letters.length
  await story.obmen.ask(exchangeCommand(site))
  for (const { fate, route } of letters.slice(before)) {
    if (fate !== 'deliver') story.screen.line(story.texts.mishaps.fate(fate, route))
  }
}

/** After so many rounds without an end there is a mistake; two are usual. */
const MAX_ROUNDS = 6

/** Lets all sites exchange in turn, without a word, until a whole round sends no letter. Gives the number of exchanges. */
export async function settle(story: Story): Promise<number> {
  const { office, first, second } = story.sites
  const { letters } = story.mailRoom
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const before = letters.length
    for (const site of [first, second, office]) {
      await story.obmen.askQuietly(exchangeCommand(site))
    }
    if (letters.length === before) return round * 3
  }
  return MAX_ROUNDS * 3
}

function exchangeCommand(site: DemoSite): readonly string[] {
  return ['exchange', '--config', site.configPath]
}

/** What `status` knows of a site, without showing it. */
export async function statusOf(story: Story, site: DemoSite): Promise<SiteStatus> {
  return readStatus(await story.obmen.askQuietly(['status', '--config', site.configPath]))
}

/** The numbers of one site for another. */
export async function numbersAt(
  story: Story,
  at: DemoSite,
  withSite: DemoSite,
): Promise<NodeNumbers> {
  const { nodes } = await statusOf(story, at)
  const numbers = nodes.find(({ node }) => node === withSite.code)
  if (numbers === undefined) throw new TypeError(`${at.code} does not know ${withSite.code}`)
  return numbers
}

/** A value that is read at every site. */
export interface Reading {
  readonly name: string
  readonly query: string
  /** `undefined`: there must be no such row. */
  readonly expected: string | undefined
}

/** Whether a value is at every site what it should be. */
export function isEverywhere(story: Story, { query, expected }: Reading): boolean {
  return allSites(story).every((site) => site.readValue(query) === expected)
}
