import type { DemoSite } from '../site.ts'
import { readPreparation } from '../site-status.ts'
import { ADDRESS } from '../mail-room.ts'
import { allSites, PLAN, type Story } from '../story.ts'

/** Small enough that the first load takes several letters; the default is 10 MB. */
const MESSAGE_SIZE = '200 KB'

/** Every site gets its configuration, prepares its database, and learns of the others. */
export async function showJoining(story: Story): Promise<void> {
  const { screen, texts, sites } = story
  const { office, first, second } = sites
  screen.heading(texts.joining.heading())
  screen.paragraph(texts.joining.explain())
  for (const site of allSites(story)) await prepare(story, site)
  screen.paragraph(texts.joining.explainNodes())
  await addNodes(story, office, [first, second])
  await addNodes(story, first, [office])
  await addNodes(story, second, [office])
}

async function prepare(story: Story, site: DemoSite): Promise<void> {
  const { obmen, mailRoom, screen, texts } = story
  const user = encodeURIComponent(ADDRESS)
  const { smtp, pop3 } = mailRoom
  const options = {
    config: site.configPath,
    plan: PLAN,
    node: site.code,
    database: site.databasePath,
    address: ADDRESS,
    send: `smtp://${user}@${smtp.host}:${smtp.port}?tls=none`,
    receive: `pop3://${user}@${pop3.host}:${pop3.port}?tls=none`,
    'password-file': site.passwordPath,
    'message-size': MESSAGE_SIZE,
  }
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const answer = await obmen.ask(['init', ...words])
  const { tables, rows } = readPreparation(answer)
  screen.output(texts.joining.prepared(site.code, tables, rows))
}

async function addNodes(story: Story, site: DemoSite, peers: readonly DemoSite[]): Promise<void> {
  const { obmen, screen, texts } = story
  const codes = peers.map(({ code }) => code)
  await obmen.ask(['node', 'add', ...codes, '--config', site.configPath])
  for (const code of codes) screen.output(texts.joining.node(site.code, code))
}
