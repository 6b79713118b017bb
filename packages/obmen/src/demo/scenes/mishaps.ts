import { isEverywhere, settle, type Reading, type Story } from '../story.ts'
import { showLostLetter } from './lost-letter.ts'
import { showSwappedLetters } from './swapped-letters.ts'
import { showLetterTwice } from './letter-twice.ts'

/** The mail loses, doubles and reorders letters, and everything heals by itself. */
export async function showMishaps(story: Story): Promise<void> {
  const { screen, texts, verdict } = story
  screen.heading(texts.mishaps.heading())
  screen.paragraph(texts.mishaps.explain())
  for (const show of [showLostLetter, showLetterTwice, showSwappedLetters]) {
    const readings: readonly Reading[] = await show(story)
    screen.paragraph(texts.mishaps.settling(await settle(story)))
    for (const reading of readings) {
      verdict.check(isEverywhere(story, reading), texts.mishaps.isHealed(reading.name))
    }
  }
}
