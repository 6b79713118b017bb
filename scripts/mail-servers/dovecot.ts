import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { runProgram } from '../run-program.ts'
import {
  DOMAIN,
  HOST,
  MECHANISMS,
  PORTS,
  STRICT_HOST,
  USERS,
  type Laboratory,
} from './laboratory.ts'
import { startDaemon } from './start-daemon.ts'

/** The system user `mail` of Debian, to whom all mailboxes belong. */
const MAIL_USER_ID = 8

export function startDovecot(laboratory: Laboratory): void {
  const home = join(laboratory.folder, 'dovecot')
  const mail = join(laboratory.folder, 'mail')
  mkdirSync(home, { recursive: true })
  mkdirSync(mail, { recursive: true })
  chownSync(mail, MAIL_USER_ID, MAIL_USER_ID)
  const passwords = USERS.map(({ name, password }) => `${name}@${DOMAIN}:{PLAIN}${password}\n`)
  writeFileSync(join(home, 'users'), passwords.join(''))
  writeFileSync(configurationPath(laboratory.folder), configuration(laboratory))
  startDaemon('dovecot', ['-c', configurationPath(laboratory.folder)], laboratory.folder)
}

export function stopDovecot(folder: string): void {
  runProgram('doveadm', ['-c', configurationPath(folder), 'stop'], { cwd: folder })
}

/** The socket by which Postfix asks for passwords. */
export function passwordSocket(folder: string): string {
  return join(folder, 'dovecot', 'run', 'postfix-auth')
}

/** The socket that takes letters for the mailboxes. */
export function deliverySocket(folder: string): string {
  return join(folder, 'dovecot', 'run', 'postfix-lmtp')
}

function configurationPath(folder: string): string {
  return join(folder, 'dovecot', 'dovecot.conf')
}

function configuration({ folder, tls }: Laboratory): string {
  const mechanisms = [...MECHANISMS, 'APOP'].join(' ').toLowerCase()
  return `
base_dir = ${folder}/dovecot/run
state_dir = ${folder}/dovecot/state
log_path = ${folder}/dovecot.log
protocols = imap pop3 lmtp
listen = ${HOST}
ssl = yes
ssl_cert = <${tls.certificate}
ssl_key = <${tls.key}
auth_mechanisms = ${mechanisms}
passdb {
  driver = passwd-file
  args = ${folder}/dovecot/users
}
userdb {
  driver = static
  args = uid=${MAIL_USER_ID} gid=${MAIL_USER_ID} home=${folder}/mail/%n
}
first_valid_uid = ${MAIL_USER_ID}
first_valid_gid = ${MAIL_USER_ID}
mail_location = maildir:~/Maildir
service auth {
  unix_listener postfix-auth {
    mode = 0666
  }
}
service anvil {
  # Whoever was refused waits longer and longer, up to 15 s, and all tests come from one address.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  unix_listener postfix-lmtp {
    mode = 0666
  }
}
local ${STRICT_HOST} {
  ssl = required
}
${loginService('imap')}
${loginService('pop3')}`
}

function loginService(protocol: 'imap' | 'pop3'): string {
  const listeners = PORTS.filter((port) => port.protocol === protocol).map(
    ({ id, host, port, tls }) => `
  inet_listener ${id} {
    address = ${host}
    port = ${port}
    ssl = ${tls === 'implicit' ? 'yes' : 'no'}
  }`,
  )
  // The two listeners that Dovecot has by itself would take the machine's ordinary ports.
  return `
service ${protocol}-login {
  inet_listener ${protocol} {
    port = 0
  }
  inet_listener ${protocol}s {
    port = 0
  }${listeners.join('')}
}
`
}
