import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The programs that are started, and the Debian packages they come in. */
const PROGRAMS: readonly { readonly path: string; readonly packages: string }[] = [
  { path: '/usr/sbin/postfix', packages: 'postfix' },
  { path: '/usr/sbin/dovecot', packages: 'dovecot-core' },
  { path: '/usr/lib/dovecot/imap-login', packages: 'dovecot-imapd' },
  { path: '/usr/lib/dovecot/pop3-login', packages: 'dovecot-pop3d' },
  { path: '/usr/lib/dovecot/lmtp', packages: 'dovecot-lmtpd' },
  { path: '/usr/bin/openssl', packages: 'openssl' },
]

/** A UNIX socket has a path of 108 octets at most; the servers' longest below the folder needs some 40 of them. */
const FOLDER_LENGTH_MAX = 64

/** What stands in the way of starting the servers in a folder, each as a sentence that says what to do. */
export function missingRequirements(folder: string): string[] {
  const absent = PROGRAMS.filter(({ path }) => !existsSync(path)).map(({ packages }) => packages)
  const reasons = [
    process.getuid?.() === 0 ? '' : 'Postfix changes to users of its own: run this as root.',
    absent.length === 0
      ? ''
      : `Programs are missing: apt-get install --no-install-recommends ${absent.join(' ')}`,
    folder.length <= FOLDER_LENGTH_MAX && /^[\w./-]+$/.test(folder)
      ? ''
      : `Take a folder whose path is plain and has at most ${FOLDER_LENGTH_MAX} characters: ${folder}`,
    closedParent(folder),
  ]
  return reasons.filter((reason) => reason !== '')
}

function closedParent(folder: string): string {
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    // Whoever is not its owner must be able to pass through.
    if (existsSync(parent) && (statSync(parent).mode & 0o001) === 0) {
      return `The servers' users can't enter ${parent}: take a folder elsewhere, or chmod o+x ${parent}`
    }
  }
  return ''
}
