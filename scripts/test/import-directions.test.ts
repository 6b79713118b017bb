import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { importDirections } from '../tidy/import-directions.ts'
import { LAYERS } from '../tidy/import-table.ts'
import { Repository } from '../tidy/repository.ts'

function findings(path: string, text: string): string[] {
  const repository = new Repository(new Map([[path, text]]))
  return [...importDirections.check(repository)].map(({ message }) => message)
}

describe('import directions', () => {
  const allowed: readonly [from: string, specifier: string][] = [
    ['mail/src/smtp/session.ts', '../sasl/choose.ts'],
    ['mail/src/smtp/session.ts', './reply.ts'],
    ['mail/src/net/drive.ts', 'node:net'],
    ['mail/src/smtp.ts', './net/smtp-client.ts'],
    ['mail/src/testing/mail-host.ts', '../smtp/server-session.ts'],
    ['exchange/src/session/send-changes.ts', '../store/change-store.ts'],
    ['exchange/src/transport/mail-transport.ts', '@obmen/mail/smtp'],
    ['obmen/src/commands/status.ts', '@obmen/exchange'],
    ['obmen/src/config/load-config.ts', 'yaml'],
    ['exchange/test/sample.test.ts', '@obmen/mail/testing'],
    ['exchange/test-servers/sample.test.ts', '../../mail/test-servers/laboratory.ts'],
  ]
  for (const [from, specifier] of allowed) {
    it(`let ${from} import ${specifier}`, () => {
      assert.deepEqual(findings(`packages/${from}`, `import { a } from '${specifier}'\n`), [])
    })
  }

  const forbidden: readonly [from: string, specifier: string][] = [
    ['mail/src/smtp/session.ts', '../pop3/session.ts'],
    ['mail/src/mime/compose.ts', '../wire/line-buffer.ts'],
    ['mail/src/base/octets.ts', '../wire/dialog.ts'],
    ['mail/src/smtp/session.ts', 'node:net'],
    ['mail/src/smtp.ts', 'node:net'],
    ['mail/src/smtp.ts', './testing/play.ts'],
    ['mail/src/net/drive.ts', 'undici'],
    ['exchange/src/plan/reception.ts', '../message/seal.ts'],
    ['exchange/src/session/send-changes.ts', '../store/sqlite/sqlite-store.ts'],
    ['exchange/src/session/send-changes.ts', '../transport/mail-transport.ts'],
    ['exchange/src/transport/mail-transport.ts', '../../../mail/src/smtp.ts'],
    ['exchange/test/sample.test.ts', '../../mail/src/smtp.ts'],
    ['exchange/src/transport/mail-transport.ts', '../../../mail/test-servers/laboratory.ts'],
    ['obmen/src/config/config.ts', '../commands/init.ts'],
    ['obmen/src/bin.ts', './commands/init.ts'],
  ]
  for (const [from, specifier] of forbidden) {
    it(`keep ${from} from importing ${specifier}`, () => {
      assert.notDeepEqual(findings(`packages/${from}`, `import { a } from '${specifier}'\n`), [])
    })
  }

  it('hold for types and for imports at run time as well', () => {
    const path = 'packages/mail/src/smtp/session.ts'

    assert.equal(findings(path, "import type { A } from '../pop3/a.ts'\n").length, 1)
    assert.equal(findings(path, "type A = import('../pop3/a.ts').A\n").length, 1)
    assert.equal(findings(path, "await import('../pop3/a.ts')\n").length, 1)
    assert.equal(findings(path, "export { a } from '../pop3/a.ts'\n").length, 1)
  })

  it('say what may be imported instead', () => {
    const [message] = findings('packages/mail/src/mime/a.ts', "import '../wire/a.ts'\n")

    assert.match(message ?? '', /it may import mail mime, mail base, mail address\./)
  })

  it('ask for a place for a file in a folder that nobody knows', () => {
    assert.match(findings('packages/mail/src/stuff/a.ts', '')[0] ?? '', /no place in the layers/)
  })

  it('name only layers that exist', () => {
    const names = new Set(LAYERS.map(({ name }) => name))

    assert.deepEqual(
      LAYERS.flatMap(({ layers }) => layers).filter((name) => !names.has(name)),
      [],
    )
  })

  it('lead down only: no layer reaches itself through others', () => {
    const below = new Map(LAYERS.map(({ name, layers }) => [name, layers]))
    const reaches = (from: string, to: string): boolean =>
      (below.get(from) ?? []).some((next) => next === to || reaches(next, to))

    assert.deepEqual(
      LAYERS.filter(({ name }) => reaches(name, name)),
      [],
    )
  })
})
