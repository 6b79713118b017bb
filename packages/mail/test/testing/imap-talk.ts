import type { MailHost } from '../../src/testing.ts'
import { RawClient } from './raw-client.ts'
import { SHOP } from './running-host.ts'

/** Somebody who speaks IMAP by hand. */
export class ImapTalk implements Disposable {
  readonly client: RawClient
  #tag = 0

  private constructor(client: RawClient) {
    this.client = client
  }

  /** Logs in as the shop. */
  static async open(host: MailHost): Promise<ImapTalk> {
    const talk = new ImapTalk(RawClient.connect(host.imap.port))
    await talk.client.hear(/^\* OK .*\r\n/)
    await talk.say(`LOGIN ${SHOP} "tan staaf"`)
    return talk
  }

  /** Says a command, and returns all that comes up to its end, without the tag. */
  async say(command: string): Promise<string> {
    const tag = `T${++this.#tag}`
    const said = await this.client.ask(`${tag} ${command}\r\n`, new RegExp(`^${tag} .*\r\n`, 'm'))
    return said.replace(new RegExp(`^${tag} `, 'm'), '')
  }

  /** Says a command, and returns the responses before its end. */
  async ask(command: string): Promise<readonly string[]> {
    const lines = (await this.say(command)).split('\r\n')
    return lines.slice(0, -2)
  }

  /** Says a command, and returns its end: `OK`, `NO [NONEXISTENT]`. */
  async end(command: string): Promise<string> {
    const last = (await this.say(command)).split('\r\n').at(-2) ?? ''
    return /^[A-Z]+(?: \[[^\]]*\])?/.exec(last)?.[0] ?? last
  }

  [Symbol.dispose](): void {
    this.client.hangUp()
  }
}
