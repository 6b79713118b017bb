import type {
  ApplySummary,
  ConflictRecord,
  ExchangeEvent,
  KeyState,
  NodeCode,
  Stop,
  TableDiffers,
  UnsentReason,
} from '@obmen/exchange'
import type { PreparedTable } from '@obmen/exchange/sqlite'
import type { RecipientOutcome } from '@obmen/mail/smtp'

import type { KnownError } from '../errors/known-error.ts'
import type { SilentServer } from '../errors/site-error.ts'
import type { Language } from './language.ts'

/** An error for people: what happened, and what to do about it. */
export interface ErrorText {
  readonly message: string
  readonly hint: string | undefined
}

/** Every text that people read, as a function of what it tells. One language each implements it. */
export interface Messages {
  readonly language: Language
  readonly format: FormatMessages
  readonly general: GeneralMessages
  readonly init: InitMessages
  readonly node: NodeMessages
  readonly exchange: ExchangeMessages
  readonly status: StatusMessages
  readonly conflicts: ConflictMessages
  readonly refused: RefusedMessages
  readonly findings: FindingMessages
  readonly send: SendMessages
  readonly config: ConfigComments
  /** @param command the one that failed, whose options the hint may name. */
  readonly errorText: (error: KnownError, command?: string) => ErrorText
}

export interface FormatMessages {
  readonly number: (number: number) => string
  readonly size: (octets: number) => string
  /** Date and time of a wall clock in milliseconds. */
  readonly moment: (ms: number) => string
  readonly rows: (count: number) => string
  readonly messages: (count: number) => string
  readonly letters: (count: number) => string
  readonly tables: (count: number) => string
  /** `nodes С01, С02`; of many, the first ones and how many more. */
  readonly nodes: (codes: readonly string[]) => string
}

export interface GeneralMessages {
  readonly errorLine: (message: string) => string
  readonly tryLine: (hint: string) => string
  readonly yes: () => string
  readonly no: () => string
  readonly unprepared: (tables: readonly string[], command: string) => string
  readonly nothingChanged: () => string
  readonly nodeTooOld: (version: string) => string
  readonly overview: (
    commands: readonly { readonly name: string; readonly summary: string }[],
  ) => string
}

export interface InitMessages {
  readonly configWritten: (path: string) => string
  readonly configPresent: (path: string) => string
  readonly configWouldBeWritten: (path: string) => string
  readonly prepared: (database: string, node: string, plan: string) => string
  readonly wouldBePrepared: (database: string, node: string, plan: string) => string
  readonly tableTitle: () => string
  readonly rowsTitle: () => string
  readonly kindTitle: () => string
  readonly kind: (kind: PreparedTable['kind']) => string
  readonly removedKind: () => string
  readonly noTables: () => string
  readonly next: (steps: readonly string[]) => string
  readonly stepPasswordEnv: (name: string) => string
  readonly stepPasswordFile: (path: string) => string
  readonly stepAddNode: (command: (code: string) => string) => string
  readonly stepExchange: (command: string) => string
}

/** The letters of a code by their alphabet, each once. */
export interface CodeLetters {
  readonly code: NodeCode
  readonly latin: string
  readonly cyrillic: string
}

export interface NodeMessages {
  readonly added: (code: string) => string
  readonly attributes: () => string
  readonly attributesAre: (code: string, attributes: string) => string
  readonly attributesMean: () => string
  readonly wouldBeAdded: (code: string) => string
  readonly addedMeans: (plan: string, command: string) => string
  /** Two codes that look alike and are not the same. */
  readonly looksLike: (code: CodeLetters, known: CodeLetters) => string
  readonly mixesAlphabets: (code: CodeLetters) => string
  /** All letters of a code are in both alphabets, and taken from the other one than those of this node. */
  readonly otherAlphabet: (code: CodeLetters, thisNode: CodeLetters) => string
  readonly removed: (code: string) => string
  readonly wouldBeRemoved: (code: string) => string
  readonly removedMeans: (command: string) => string
  readonly none: (command: string) => string
  readonly title: () => string
  readonly epoch: () => string
  readonly sentNo: () => string
  readonly acknowledgedNo: () => string
  readonly receivedNo: () => string
  readonly unacknowledged: () => string
  readonly oldestUnacknowledged: () => string
  readonly undelivered: () => string
  readonly owesAcknowledgement: () => string
  readonly gapBefore: () => string
}

export interface ExchangeMessages {
  /** `undefined` for what needs no word. */
  readonly event: (event: ExchangeEvent) => string | undefined
  /** The server has said nothing for some time. Without TLS from the beginning it is the server that speaks first. */
  readonly silent: (server: SilentServer) => string
  readonly connecting: (host: string) => string
  readonly looking: (looked: number, letters: number) => string
  readonly stopping: () => string
  readonly troubleIsOver: () => string
  readonly nodeProblem: (node: string, message: string) => string
  /** The words of a problem that was told of another node. */
  readonly sameProblem: (nodes: readonly string[], message: string) => string
  /** Titles of the trial: what waits in the mailbox, and here. */
  readonly waitingInTitle: () => string
  readonly waitingOutTitle: () => string
  readonly serversAnswer: (send: string, receive: string) => string
  readonly nodeTitle: () => string
  readonly receivedTitle: () => string
  readonly appliedTitle: () => string
  readonly conflictsTitle: () => string
  readonly refusedTitle: () => string
  readonly sentTitle: () => string
  readonly rowsTitle: () => string
  readonly sizeTitle: () => string
  readonly resultTitle: () => string
  readonly inStep: () => string
  readonly failed: () => string
  readonly refusedHint: () => string
  /** Rows of tables that this node does not take. */
  readonly ignored: (count: number) => string
}

export interface StatusMessages {
  readonly plan: () => string
  readonly thisNode: () => string
  readonly mainNode: () => string
  /** A head office that is no node here: it may be misspelt, as `nearest` if that is near, or behind another node. */
  readonly mainNodeUnknown: (code: string, nearest: string | undefined) => string
  readonly database: () => string
  readonly address: () => string
  readonly waiting: () => string
  readonly conflicts: (count: number, open: number) => string
  readonly refusedRows: (count: number) => string
  readonly unsentRows: (count: number) => string
  readonly unsentReason: (reason: UnsentReason) => string
  readonly winner: (winner: ConflictRecord['winner']) => string
  readonly keyBlocks: () => string
  readonly blockTitle: () => string
  readonly keysLeftTitle: () => string
  readonly keyWarning: (state: Pick<KeyState, 'block' | 'left'>) => string
  readonly tableTitle: () => string
  readonly keyTitle: () => string
  readonly nodeTitle: () => string
  readonly reasonTitle: () => string
  readonly winnerTitle: () => string
  readonly momentTitle: () => string
  readonly rowsTitle: () => string
  readonly checksumTitle: () => string
  readonly more: (count: number) => string
}

export interface ConflictMessages {
  readonly idTitle: () => string
  readonly columnTitle: () => string
  readonly oursTitle: () => string
  readonly theirsTitle: () => string
  readonly decidedByTitle: () => string
  readonly deleted: () => string
  readonly open: () => string
  readonly policy: (policy: ConflictRecord['policy']) => string
  readonly none: () => string
  readonly resolved: (count: number) => string
  readonly wouldBeResolved: (count: number) => string
  readonly cleared: (count: number) => string
  readonly wouldBeCleared: (count: number) => string
}

export interface RefusedMessages {
  readonly none: () => string
  readonly rowTitle: () => string
  readonly retried: (rows: Pick<ApplySummary, 'applied' | 'outdated' | 'refused'>) => string
  readonly dropped: (table: string, key: string) => string
  readonly wouldBeDropped: (table: string, key: string) => string
}

/** What is told of nodes that are not in step. */
export interface FindingMessages {
  readonly undelivered: (messageCount: number, nodes: readonly string[]) => string
  readonly undeliveredHint: (command: string) => string
  readonly stopped: (node: string, stop: Stop) => string
  readonly stoppedHint: (command: string) => string
  readonly setAsideThere: (node: string, count: number, toldAt: number) => string
  readonly andMore: (count: number) => string
  readonly difference: (node: string, difference: TableDiffers) => string
  readonly differenceHint: (command: string) => string
  readonly restarted: (code: string) => string
  readonly wouldBeRestarted: (code: string) => string
  readonly restartedMeans: () => string
  readonly forks: () => string
  readonly forksSince: (count: number, lastAt: number) => string
}

export interface SendMessages {
  /** How much of the letter is out; without its size where that is not known. */
  readonly sending: (sentOctets: number, sizeOctets: number | undefined) => string
  readonly stopping: () => string
  readonly serverTitle: () => string
  readonly fromTitle: () => string
  readonly messageIdTitle: () => string
  readonly sizeTitle: () => string
  readonly recipientTitle: () => string
  readonly outcomeTitle: () => string
  readonly wordsTitle: () => string
  readonly outcome: (kind: RecipientOutcome['kind']) => string
  /** What an outcome means for whoever has sent the letter. */
  readonly hint: (kind: Exclude<RecipientOutcome['kind'], 'accepted'>) => string
}

/** The comments of a new configuration file, by setting; {@link certificates} stands above `ca` and `servername`. */
export interface ConfigComments {
  readonly head: string
  readonly certificates: string
  readonly settings: {
    readonly plan: string
    readonly node: string
    readonly database: string
    readonly tables: string
    readonly rules: string
    readonly main: string
    readonly conflicts: string
    readonly strict: string
    readonly foreignKeys: string
    readonly address: string
    readonly send: string
    readonly receive: string
    readonly password: string
    readonly subjectPrefix: string
    readonly messageSize: string
    readonly window: string
    readonly resendAfter: string
    readonly keepDeletions: string
    readonly checkTables: string
    readonly spool: string
  }
}
