import { join } from 'node:path'

import { formatCommand, formatWords } from '../command-line.ts'
import { lettersFolder } from '../demo-folder.ts'
import type { Story } from '../story.ts'

/** What a person may try first: a change that nobody else has made. */
const CHANGE = 'UPDATE Products SET UnitPrice = 25 WHERE ProductID = 4'

/** Whether all went well, and how to go on. */
export function showEnding(
  story: Story,
  { keep, elapsedMs }: { readonly keep: string | undefined; readonly elapsedMs: number },
): void {
  const { screen, texts, verdict, format } = story
  const { ending } = texts
  screen.gap()
  if (verdict.isGood)
    screen.title(`✓ ${ending.good(format.number(Math.ceil(elapsedMs / 100) / 10))}`)
  else screen.title(`✗ ${ending.bad(verdict.wrongCount)}`)
  if (keep === undefined) {
    screen.paragraph(ending.removed())
    screen.line(ending.keepHint())
  } else {
    showHowToGoOn(story, keep)
  }
  screen.gap()
}

function showHowToGoOn({ screen, texts, sites }: Story, keep: string): void {
  const { ending } = texts
  const { office, first } = sites
  const exchange = (configPath: string): string => {
    return formatCommand(['exchange', '--config', join(keep, configPath)])
  }
  screen.paragraph(ending.kept(keep))
  screen.command(formatCommand(['demo', '--serve', keep]))
  screen.paragraph(ending.serve())
  screen.paragraph(`# ${ending.change()}`)
  screen.command(formatWords(['sqlite3', join(keep, first.databasePath), CHANGE]))
  screen.paragraph(`# ${ending.exchange()}`)
  screen.command(exchange(first.configPath))
  screen.command(exchange(office.configPath))
  screen.paragraph(`# ${ending.look()}`)
  screen.command(
    formatCommand(['status', '--config', join(keep, office.configPath), '--checksums']),
  )
  screen.paragraph(ending.letters(lettersFolder(keep)))
}
