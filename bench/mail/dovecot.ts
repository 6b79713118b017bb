import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, untilItListens } from './sinks.ts'

/** Where Debian's packages `dovecot-imapd` and `dovecot-pop3d` put what is needed. */
const DOVECOT = '/usr/sbin/dovecot'
const LOGINS = ['/usr/lib/dovecot/imap-login', '/usr/lib/dovecot/pop3-login']

/** The system user `mail` of Debian, to whom all mailboxes belong. */
export const MAIL_USER_ID = 8

/** Of every user. */
export const PASSWORD = 'bench'

/** A Dovecot of its own, ended and forgotten by `using`. Any user may log in, and has an empty mailbox. */
export interface DovecotHost extends AsyncDisposable {
  readonly imapPort: number
  readonly pop3Port: number
  /** Where a user's letters lie, a file each. */
  maildirOf(user: string): string
}

/** Starts it on the loopback; `undefined` where it is not installed, or may not be started because this is not root. */
export async function startDovecotHost(): Promise<DovecotHost | undefined> {
  if (process.getuid?.() !== 0 || ![DOVECOT, ...LOGINS].every((path) => existsSync(path))) {
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'obmen-dovecot-'))
  chmodSync(folder, 0o755)
  const host = { folder, imapPort: await freePort(), pop3Port: await freePort() }
  const path = join(folder, 'dovecot.conf')
  mkdirSync(join(folder, 'mail'))
  writeFileSync(path, configurationOf(host))
  const server = spawn(DOVECOT, ['-F', '-c', path], { cwd: folder, stdio: 'ignore' })
  await untilItListens(host.imapPort, server)
  await untilItListens(host.pop3Port, server)
  return {
    imapPort: host.imapPort,
    pop3Port: host.pop3Port,
    maildirOf: (user) => join(folder, 'mail', user, 'Maildir'),
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit')
      spawnSync('doveadm', ['-c', path, 'stop'], { cwd: folder })
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

function configurationOf(host: {
  readonly folder: string
  readonly imapPort: number
  readonly pop3Port: number
}): string {
  const { folder } = host
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${MAIL_USER_ID} gid=${MAIL_USER_ID} home=${folder}/mail/%n
}
first_valid_uid = ${MAIL_USER_ID}
first_valid_gid = ${MAIL_USER_ID}
mail_location = maildir:~/Maildir
${listener('imap', host.imapPort)}
${listener('pop3', host.pop3Port)}
`
}

/** The second listener, which Dovecot has by itself, would take one of the machine's ordinary ports. */
function listener(protocol: 'imap' | 'pop3', port: number): string {
  return `
service ${protocol}-login {
  inet_listener ${protocol} {
    port = ${port}
  }
  inet_listener ${protocol}s {
    port = 0
  }
}`
}
