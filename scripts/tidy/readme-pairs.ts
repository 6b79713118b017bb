import { outlineOf, type MarkdownOutline } from '../markdown.ts'
import type { Finding, Rule } from './rule.ts'

/**
 * The README exists in English and in Russian. Translations part silently: a chapter is added to one, an example is
 * corrected in the other. The text can't be compared, its skeleton can.
 */
export const readmePairs: Rule = {
  name: 'readme-pairs',
  *check(repository) {
    for (const [russianPath, russian] of repository.files) {
      if (!/(?:^|\/)README\.ru\.md$/.test(russianPath)) continue
      const englishPath = russianPath.replace(/ru\.md$/, 'md')
      const english = repository.files.get(englishPath)
      if (english === undefined) {
        const message = `there is no ${englishPath} beside it: write it, with the same chapters`
        yield { path: russianPath, line: 1, message }
        continue
      }
      yield* differences(russianPath, outlineOf(english), outlineOf(russian))
    }
  },
}

function* differences(
  path: string,
  english: MarkdownOutline,
  russian: MarkdownOutline,
): Generator<Finding> {
  const chapters = Math.max(english.headings.length, russian.headings.length)
  for (let index = 0; index < chapters; index += 1) {
    const [theirs, ours] = [english.headings[index], russian.headings[index]]
    if (theirs?.level === ours?.level) continue
    const expected =
      theirs === undefined ? 'no chapter' : `"${theirs.title}" on level ${theirs.level}`
    const message = `README.md has ${expected} here: give both files the same chapters in the same order`
    yield { path, line: ours?.line ?? 1, message }
    break
  }
  const [theirs, ours] = [languages(english), languages(russian)]
  if (theirs.join() !== ours.join()) {
    const message =
      `README.md has the code blocks ${theirs.join(' ')}, this file ${ours.join(' ')}: ` +
      'give both the same examples'
    yield { path, line: 1, message }
  }
}

function languages({ blocks }: MarkdownOutline): string[] {
  return blocks.map(({ language }) => language)
}
