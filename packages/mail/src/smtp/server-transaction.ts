import type { ContentCollector } from './content-collector.ts'
import type { MailArgument, PathParameters } from './server-command.ts'

/** What a client has begun with MAIL. */
export interface Transaction {
  readonly mail: MailArgument
  readonly forwardPaths: string[]
  readonly rcptParameters: PathParameters[]
  /** What has come with BDAT so far; `undefined` until the first. */
  chunks?: ContentCollector
  /** A chunk was refused, so there is no letter to be made of the others. */
  hasFailed?: true
}

/** A chunk that is coming in. */
export interface Chunk {
  readonly isLast: boolean
  missingOctets: number
  /** What it will be answered with; without it, it is kept. */
  readonly refusal: string | undefined
}
