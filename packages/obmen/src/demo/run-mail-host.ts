import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { once } from 'node:events'

import { EXIT, type ExitCode } from '../errors/exit-code.ts'
import type { Messages } from '../locale/messages.ts'
import type { Io } from '../output/io.ts'
import { chooseTexts } from './choose-texts.ts'
import { lettersFolder, type Ports, readPorts } from './demo-folder.ts'
import { ADDRESS, MailRoom } from './mail-room.ts'
import { refuse } from './refuse.ts'
import { DemoSite } from './site.ts'

export interface ServeSettings {
  readonly io: Io
  readonly messages: Messages
  /** The folder of a kept demo, as it was named. */
  readonly folder: string
}

/** Runs the mail host of a kept demo on the ports that its configurations name, until somebody stops it. */
export async function runMailHost(settings: ServeSettings): Promise<ExitCode> {
  const { io, messages } = settings
  const { serving } = chooseTexts(messages)
  const folder = resolve(io.cwd, settings.folder)
  const ports = readPorts(folder)
  const passwordPath = join(folder, new DemoSite(folder, 'ЦБ').passwordPath)
  if (ports === undefined || !existsSync(passwordPath)) {
    const message = serving.noDemo(settings.folder)
    return refuse(settings, { message, hint: serving.noDemoHint(settings.folder) })
  }
  const password = readFileSync(passwordPath, 'utf8').trim()
  const mailRoom = await openOrNothing({ folder: lettersFolder(folder), password, ports })
  if (mailRoom === undefined) {
    const message = serving.portTaken(`${ports.smtp} / ${ports.pop3}`)
    return refuse(settings, { message, hint: serving.portTakenHint() })
  }
  await using _mailRoom = mailRoom
  await serve(settings, ports)
  io.out(`${serving.stopped()}\n`)
  return EXIT.ok
}

async function openOrNothing(options: {
  readonly folder: string
  readonly password: string
  readonly ports: Ports
}): Promise<MailRoom | undefined> {
  try {
    return await MailRoom.open(options)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw error
    return undefined
  }
}

async function serve({ io, messages }: ServeSettings, { smtp, pop3 }: Ports): Promise<void> {
  const { serving } = chooseTexts(messages)
  const signal = io.interruption()
  io.out(
    `${serving.running({ address: ADDRESS, smtp: `127.0.0.1:${smtp}`, pop3: `127.0.0.1:${pop3}` })}\n`,
  )
  io.out(`${serving.stopHint()}\n`)
  if (!signal.aborted) await once(signal, 'abort')
}
