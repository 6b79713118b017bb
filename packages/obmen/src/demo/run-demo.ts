import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'

import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import type { Messages } from '../locale/messages.ts'
import type { Io } from '../output/io.ts'
import { buildSites } from './build-sites.ts'
import { chooseTexts } from './choose-texts.ts'
import { CommandFailed, CommandLine, type RunProgram } from './command-line.ts'
import {
  isVacant,
  lettersFolder,
  makeKeptFolder,
  makeTemporaryFolder,
  removeFolder,
  writePorts,
} from './demo-folder.ts'
import { MailRoom } from './mail-room.ts'
import { sendPersonalLetters } from './personal-letters.ts'
import { refuse } from './refuse.ts'
import { showEnding } from './scenes/ending.ts'
import { showFirstLoad } from './scenes/first-load.ts'
import { showJoining } from './scenes/joining.ts'
import { showMishaps } from './scenes/mishaps.ts'
import { showOpening } from './scenes/opening.ts'
import { showOrdinaryDay } from './scenes/ordinary-day.ts'
import { personalLetters, showPeople } from './scenes/people.ts'
import { showResult } from './scenes/result.ts'
import { Screen } from './screen.ts'
import type { Story } from './story.ts'
import { cleanUpOnSecondSignal } from './stubborn-signals.ts'
import { Verdict } from './verdict.ts'

export interface DemoSettings {
  readonly io: Io
  readonly messages: Messages
  /** The program itself: the demo gives commands, and does nothing that they don't do. */
  readonly runProgram: RunProgram
  /** A folder to leave everything in, as it was named. Default: a temporary one, removed at the end. */
  readonly keep: string | undefined
}

/** Plays the demo. Gives 0 when everything is as it should be; rejects with `Interrupted` when somebody stops it. */
export async function runDemo(settings: DemoSettings): Promise<ExitCode> {
  const { keep, io, messages } = settings
  if (keep !== undefined) {
    const { serving } = chooseTexts(messages)
    if (!isVacant(resolve(io.cwd, keep))) {
      const message = serving.folderNotEmpty(keep)
      return refuse(settings, { message, hint: serving.folderNotEmptyHint() })
    }
    return playIn(makeKeptFolder(keep, io.cwd), settings)
  }
  const folder = makeTemporaryFolder()
  using _signals = cleanUpOnSecondSignal(() => removeFolder(folder))
  try {
    return await playIn(folder, settings)
  } finally {
    removeFolder(folder)
  }
}

async function playIn(folder: string, settings: DemoSettings): Promise<ExitCode> {
  const { io, messages, keep } = settings
  const beganAt = io.now()
  const password = randomBytes(12).toString('base64url')
  await using mailRoom = await MailRoom.open({ folder: lettersFolder(folder), password })
  writePorts(folder, { smtp: mailRoom.smtp.port, pop3: mailRoom.pop3.port })
  const screen = new Screen(io)
  const story: Story = {
    screen,
    texts: chooseTexts(messages),
    format: messages.format,
    verdict: new Verdict(screen),
    obmen: openCommandLine(folder, settings, screen),
    mailRoom,
    sites: buildSites(folder, password),
  }
  const { port } = mailRoom.smtp
  await sendPersonalLetters(personalLetters(story.texts.people), {
    port,
    password,
    nowMs: io.now(),
  })
  try {
    await tell(story, { folder, keep })
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    screen.paragraph(story.texts.ending.failed(error.message, error.exitCode))
    return error.exitCode
  }
  showEnding(story, { keep, elapsedMs: io.now() - beganAt })
  return story.verdict.isGood ? EXIT.ok : EXIT.data
}

async function tell(
  story: Story,
  place: { readonly folder: string; readonly keep: string | undefined },
): Promise<void> {
  showOpening(story, place)
  await showJoining(story)
  await showFirstLoad(story)
  await showOrdinaryDay(story)
  await showMishaps(story)
  showPeople(story)
  await showResult(story)
}

function openCommandLine(folder: string, settings: DemoSettings, screen: Screen): CommandLine {
  const { io, messages, runProgram } = settings
  const signal = io.interruption()
  return new CommandLine({
    runProgram,
    io,
    screen,
    language: messages.language,
    cwd: folder,
    signal,
  })
}
