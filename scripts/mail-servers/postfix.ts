import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { runProgram } from '../run-program.ts'
import { deliverySocket, passwordSocket } from './dovecot.ts'
import { DOMAIN, HOST, PORTS, SERVER_NAME, USERS, type Laboratory } from './laboratory.ts'
import { startDaemon } from './start-daemon.ts'

export function startPostfix(laboratory: Laboratory): void {
  const home = configurationFolder(laboratory.folder)
  mkdirSync(join(laboratory.folder, 'postfix', 'queue'), { recursive: true })
  mkdirSync(home, { recursive: true })
  const mailboxes = USERS.map(({ name }) => `${name}@${DOMAIN} ${name}\n`)
  writeFileSync(join(home, 'mailboxes'), mailboxes.join(''))
  writeFileSync(join(home, 'main.cf'), mainConfiguration(laboratory))
  writeFileSync(join(home, 'master.cf'), services())
  startDaemon('postfix', ['-c', home, 'start'], laboratory.folder)
}

export function stopPostfix(folder: string): void {
  runProgram('postfix', ['-c', configurationFolder(folder), 'stop'], { cwd: folder })
}

function configurationFolder(folder: string): string {
  return join(folder, 'postfix', 'etc')
}

/** Mail for the domain goes to Dovecot; mail for any other is refused, so that nothing ever leaves the machine. */
function mainConfiguration({ folder, tls }: Laboratory): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/postfix/queue
data_directory = ${folder}/postfix/data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
inet_interfaces = ${HOST}
inet_protocols = ipv4
myhostname = ${SERVER_NAME}
mydestination =
virtual_mailbox_domains = ${DOMAIN}
virtual_mailbox_maps = texthash:${folder}/postfix/etc/mailboxes
virtual_transport = lmtp:unix:${deliverySocket(folder)}
default_transport = error:mail for other domains stays here
alias_maps =
recipient_delimiter = +
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${passwordSocket(folder)}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_tls_cert_file = ${tls.certificate}
smtpd_tls_key_file = ${tls.key}
`
}

function services(): string {
  const inside: readonly (readonly [service: string, program: string])[] = [
    ['pickup unix n - n 60 1', 'pickup'],
    ['cleanup unix n - n - 0', 'cleanup'],
    ['qmgr unix n - n 300 1', 'qmgr'],
    ['tlsmgr unix - - n 1000? 1', 'tlsmgr'],
    ['rewrite unix - - n - -', 'trivial-rewrite'],
    ['bounce unix - - n - 0', 'bounce'],
    ['defer unix - - n - 0', 'bounce'],
    ['trace unix - - n - 0', 'bounce'],
    ['verify unix - - n - 1', 'verify'],
    ['proxymap unix - - n - -', 'proxymap'],
    ['error unix - - n - -', 'error'],
    ['retry unix - - n - -', 'error'],
    ['lmtp unix - - n - -', 'lmtp'],
    ['anvil unix - - n - 1', 'anvil'],
    ['scache unix - - n - 1', 'scache'],
    ['postlog unix-dgram n - n - 1', 'postlogd'],
  ]
  return [...inside.map(([service, program]) => `${service} ${program}\n`), ...listeners()].join('')
}

function listeners(): string[] {
  const settings = {
    none: ['smtpd_tls_security_level=none'],
    starttls: ['smtpd_tls_security_level=may', 'smtpd_tls_auth_only=yes'],
    implicit: ['smtpd_tls_wrappermode=yes'],
  }
  return PORTS.filter(({ server }) => server === 'postfix').map(({ port, tls }) => {
    const options = settings[tls].map((setting) => `  -o ${setting}\n`)
    return `${HOST}:${port} inet n - n - - smtpd\n${options.join('')}`
  })
}
