import type { FormatMessages } from '../locale/messages.ts'
import type { LetterFate, Route } from './mail-room.ts'
import type { PersonalLetter } from './personal-letters.ts'

/** Every text of the demo, as a function of what it tells. One language each implements it. */
export interface DemoTexts {
  readonly opening: OpeningTexts
  readonly joining: JoiningTexts
  readonly firstLoad: FirstLoadTexts
  readonly day: DayTexts
  readonly mishaps: MishapTexts
  readonly people: PeopleTexts
  readonly result: ResultTexts
  readonly ending: EndingTexts
  readonly serving: ServingTexts
}

/** Where the post of the demo is. */
export interface PostFacts {
  readonly address: string
  readonly smtp: string
  readonly pop3: string
}

export interface OpeningTexts {
  title(): string
  story(): string
  siteTitle(): string
  whatTitle(): string
  databaseTitle(): string
  rowsTitle(): string
  office(): string
  warehouse(): string
  post(facts: PostFacts): string
  temporaryFolder(path: string): string
  keptFolder(path: string): string
}

export interface JoiningTexts {
  heading(): string
  explain(): string
  prepared(code: string, tables: number, rows: number): string
  explainNodes(): string
  node(code: string, peer: string): string
}

export interface FirstLoadTexts {
  heading(): string
  explain(rows: number): string
  inMailbox(letters: number): string
  explainReceiving(): string
  explainAcknowledging(): string
  isSplit(code: string, letters: number): string
  isLoaded(code: string, rows: number): string
  isAnswered(): string
}

/** What was written at one site, in a word, for a table. */
export interface DayTexts {
  heading(): string
  explain(): string
  explainSql(): string
  explainExchange(): string
  explainRound(): string
  explainRead(): string
  whatTitle(): string
  beforeTitle(): string
  nothing(): string
  order(orderId: number): string
  orderLines(orderId: number): string
  price(product: string): string
  product(product: string): string
  productLines(product: string): string
  phone(customer: string): string
  isEverywhere(what: string): string
}

export interface MishapTexts {
  heading(): string
  explain(): string
  fate(fate: LetterFate, route: Route): string
  lost: MishapStory
  twice: MishapStory
  swapped: MishapStory
  settling(exchanges: number): string
  released(number: 'second' | 'first'): string
  isHealed(what: string): string
  asked(code: string, messageNo: number, receivedNo: number): string
  offeredAgain(code: string, to: string, afterNo: number): string
  tookOnce(code: string, messageNo: number): string
  hasAll(code: string, receivedNo: number): string
  waited(code: string, messageNo: number): string
  inOrder(code: string, numbers: readonly number[]): string
  shipping(orderId: number): string
  supplierPhone(): string
  shipper(): string
}

/** One accident of the post: how it comes about, and how it heals. */
export interface MishapStory {
  readonly title: string
  readonly begin: string
  readonly next: string
  readonly heal: string
}

export interface PeopleTexts {
  /** Sent to the mailbox of the exchange before it begins. `completeSubject` is exactly that of a message. */
  letters(completeSubject: string): readonly PersonalLetter[]
  heading(): string
  explain(): string
  fromTitle(): string
  subjectTitle(): string
  readTitle(): string
  unread(): string
  read(): string
  isUntouched(letters: number): string
}

export interface ResultTexts {
  heading(): string
  explainNodes(): string
  siteTitle(): string
  nodeTitle(): string
  sentTitle(): string
  acknowledgedTitle(): string
  receivedTitle(): string
  waitingTitle(): string
  nothingWaits(code: string): string
  explainChecksums(): string
  tableTitle(): string
  rowsTitle(): string
  isSame(table: string): string
  allSame(tables: number): string
  explainLetters(letters: number, size: string): string
  numberTitle(): string
  subjectTitle(): string
  sizeTitle(): string
  fateTitle(): string
  fate(fate: LetterFate): string
}

export interface EndingTexts {
  good(seconds: string): string
  bad(differences: number): string
  failed(command: string, exitCode: number): string
  removed(): string
  keepHint(): string
  kept(path: string): string
  serve(): string
  change(): string
  exchange(): string
  look(): string
  letters(path: string): string
}

export interface ServingTexts {
  running(facts: PostFacts): string
  stopHint(): string
  stopped(): string
  folderNotEmpty(path: string): string
  folderNotEmptyHint(): string
  noDemo(path: string): string
  noDemoHint(path: string): string
  portTaken(port: string): string
  portTakenHint(): string
}

/** Makes the texts of a language from how it writes numbers and sizes. */
export type MakeDemoTexts = (format: FormatMessages) => DemoTexts
