import { ADDRESS } from '../mail-room.ts'
import { allSites, type Story } from '../story.ts'

/** Who takes part, and where everything is. */
export function showOpening(
  story: Story,
  { folder, keep }: { readonly folder: string; readonly keep: string | undefined },
): void {
  const { screen, texts, format, mailRoom, sites } = story
  const { opening } = texts
  screen.title(opening.title())
  screen.paragraph(opening.story())
  screen.table(
    [
      { title: opening.siteTitle() },
      { title: opening.whatTitle() },
      { title: opening.databaseTitle() },
      { title: opening.rowsTitle(), align: 'right' },
    ],
    allSites(story).map((site) => [
      site.code,
      site === sites.office ? opening.office() : opening.warehouse(),
      site.databasePath,
      format.number(site.countRows()),
    ]),
  )
  const smtp = `${mailRoom.smtp.host}:${mailRoom.smtp.port}`
  const pop3 = `${mailRoom.pop3.host}:${mailRoom.pop3.port}`
  screen.paragraph(opening.post({ address: ADDRESS, smtp, pop3 }))
  screen.line(keep === undefined ? opening.temporaryFolder(folder) : opening.keptFolder(keep))
}
