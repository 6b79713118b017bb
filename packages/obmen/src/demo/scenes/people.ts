import { SUBJECT_PREFIX } from '@obmen/exchange'

import { listLetters, type PersonalLetter } from '../personal-letters.ts'
import { PLAN, type Story } from '../story.ts'
import type { PeopleTexts } from '../texts.ts'

/** The name of a message as the head office writes it, with a number that it does not come to here. */
const MESSAGE_NAME = `Message_${PLAN}_ЦБ_С01_777.ndjson.zst`

/** Letters of people, sent to the mailbox before the first exchange; two of them look like messages from a distance. */
export function personalLetters(texts: PeopleTexts): readonly PersonalLetter[] {
  return texts.letters(SUBJECT_PREFIX + MESSAGE_NAME)
}

/** The letters of people are where they were, and unread. */
export function showPeople(story: Story): void {
  const { screen, texts, verdict, mailRoom } = story
  const { people } = texts
  const letters = listLetters(mailRoom.mailbox)
  screen.heading(people.heading())
  screen.paragraph(people.explain())
  screen.table(
    [
      { title: people.fromTitle() },
      { title: people.subjectTitle() },
      { title: people.readTitle() },
    ],
    letters.map(({ from, subject, isRead }) => [
      from.replace(/ <.*/, ''),
      subject,
      isRead ? people.read() : people.unread(),
    ]),
  )
  screen.gap()
  const sent = personalLetters(people)
  const isUntouched =
    letters.length === sent.length &&
    letters.every(({ subject, isRead }, index) => !isRead && subject === sent[index]?.subject)
  verdict.check(isUntouched, people.isUntouched(sent.length))
}
