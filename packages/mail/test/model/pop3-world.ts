import { PasswordEmailAuthentication, Pop3ConnectionParameters } from '../../src/index.ts'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing.ts'

export const ADDRESS = 'tim@example.org'

/** A mailbox of so many letters, whose subjects are their indexes. */
export async function startHost(
  letters: number,
  options: Partial<MailHostOptions> = {},
): Promise<MailHost> {
  const host = await startMailHost({
    accounts: [{ address: ADDRESS, password: 'tanstaaf' }],
    ...options,
  })
  for (let index = 0; index < letters; index++) {
    host.mailbox(ADDRESS).put(`From: a@b.example\r\nSubject: ${index}\r\n\r\n.text ${index}\r\n`)
  }
  return host
}

export function parametersOf(
  host: Pick<MailHost, 'pop3'>,
  password: string = 'tanstaaf',
): Pop3ConnectionParameters {
  return new Pop3ConnectionParameters({
    server: host.pop3.host,
    port: host.pop3.port,
    allowStartTls: false,
    authentication: new PasswordEmailAuthentication(ADDRESS, password),
  })
}

/** The indexes of the letters that are left. */
export function subjectsAt(host: MailHost): readonly string[] {
  return host
    .mailbox(ADDRESS)
    .letters()
    .map(({ octets }) => /^Subject: (\d+)/m.exec(new TextDecoder().decode(octets))?.[1] ?? '')
}

/** What was sent to the host, command by command. */
export class Commands {
  readonly lines: string[] = []
  readonly onCommand = (_: string, line: string): 'proceed' => {
    this.lines.push(line)
    return 'proceed'
  }

  count(keyword: string): number {
    return this.lines.filter((line) => line.startsWith(keyword)).length
  }
}
