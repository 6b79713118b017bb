import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

import { makeCertificates } from './mail-servers/certificates.ts'
import { startDovecot, stopDovecot } from './mail-servers/dovecot.ts'
import { describeLaboratory, PORTS, type Laboratory } from './mail-servers/laboratory.ts'
import { startPostfix, stopPostfix } from './mail-servers/postfix.ts'
import { missingRequirements } from './mail-servers/requirements.ts'

/**
 * A protocol is what the servers of others make of it. This starts a Postfix and a Dovecot on loopback, in a folder of
 * their own and beside any that the machine runs, for `npm run test:servers`.
 */

const USAGE = `usage: npm run mail-servers -- up DIR     starts Postfix and Dovecot, writes DIR/lab.json
       npm run mail-servers -- down DIR   stops them; DIR may then be deleted
then:  MAIL_LAB_JSON=DIR/lab.json npm run test:servers`

/** Both answer within a second on an idle machine. */
const START_DEADLINE_MS = 15_000

async function up(folder: string): Promise<void> {
  const missing = missingRequirements(folder)
  if (missing.length > 0) throw new Error(missing.join('\n'))
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const laboratory: Laboratory = { folder, tls: makeCertificates(join(folder, 'tls')) }
  try {
    startDovecot(laboratory)
    startPostfix(laboratory)
    const deadline = AbortSignal.timeout(START_DEADLINE_MS)
    for (const { host, port } of PORTS) {
      while (!(await answers(host, port))) await wait(50, undefined, { signal: deadline })
    }
  } catch (error) {
    down(folder)
    throw error
  }
  const description = join(folder, 'lab.json')
  writeFileSync(description, `${JSON.stringify(describeLaboratory(laboratory), null, 2)}\n`)
  console.log(`${description}: ${PORTS.map(({ id, port }) => `${id} ${port}`).join(', ')}`)
}

/** Stops what runs of the two; one that never came up is not an error. */
function down(folder: string): void {
  if (!existsSync(folder)) throw new Error(`there is no ${folder}`)
  for (const stop of [stopPostfix, stopDovecot]) {
    try {
      stop(folder)
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
    }
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolveAnswer) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolveAnswer(true)
    })
    socket.once('error', () => {
      resolveAnswer(false)
    })
  })
}

const [verb, folder] = process.argv.slice(2)
try {
  if (folder === undefined || (verb !== 'up' && verb !== 'down')) throw new Error(USAGE)
  if (verb === 'up') await up(resolve(folder))
  else down(resolve(folder))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
