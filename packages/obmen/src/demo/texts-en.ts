import type { FormatMessages } from '../locale/messages.ts'
import type {
  DayTexts,
  EndingTexts,
  FirstLoadTexts,
  JoiningTexts,
  MakeDemoTexts,
  OpeningTexts,
  PeopleTexts,
  ResultTexts,
  ServingTexts,
} from './texts.ts'
import { englishMishaps } from './texts-en-mishaps.ts'

const opening: OpeningTexts = {
  title: () => 'Obmen: a head office and two warehouses keep one database in step, by e-mail alone',
  story: () =>
    'Three sites, each with a SQLite database of its own. Nothing connects them but one mailbox: no VPN, no open ' +
    'port, no permanent connection. The letters below really travel, by SMTP and POP3 over sockets; the mail host runs ' +
    'in this process.',
  siteTitle: () => 'site',
  whatTitle: () => 'what it is',
  databaseTitle: () => 'database',
  rowsTitle: () => 'rows',
  office: () => 'head office, with the Northwind trade database',
  warehouse: () => 'warehouse, with the same tables, all empty',
  post: ({ address, smtp, pop3 }) =>
    `The mailbox of all three: ${address}, SMTP ${smtp}, POP3 ${pop3}.`,
  temporaryFolder: (path) => `Everything lies in ${path} and is removed at the end.`,
  keptFolder: (path) => `Everything lies in ${path} and stays there.`,
}

const joining = (format: FormatMessages): JoiningTexts => ({
  heading: () => '1. Three databases join one exchange',
  explain: () =>
    'At each site, "init" writes the configuration and prepares the database: from now on it notes by itself which rows ' +
    'change. Its tables stay as they are, and the programs that write to it need not know.',
  prepared: (code, tables, rows) =>
    `${code}: configuration written, ${format.tables(tables)} prepared, ${format.rows(rows)} to be offered`,
  explainNodes: () =>
    'Then each site is told whom it exchanges with. The warehouses know the head office only; what one of them changes ' +
    'reaches the other through it.',
  node: (code, peer) => `${code} exchanges with ${peer}`,
})

const firstLoad = (format: FormatMessages): FirstLoadTexts => ({
  heading: () => '2. The first load, by letters',
  explain: (rows) =>
    `The head office has ${format.rows(rows)}, pictures included, and its warehouses have none of them. They need no file to ` +
    'start from: everything goes out as letters of bounded size.',
  inMailbox: (letters) => `in the mailbox: ${format.letters(letters)}`,
  explainReceiving: () =>
    'Each warehouse takes the letters that are for it, in the order of their numbers.',
  explainAcknowledging: () =>
    'Each of them has confirmed by a letter of its own what it received. The head office reads that and knows: nothing ' +
    'has to be sent again.',
  isSplit: (code, letters) => `the load for ${code} took ${format.letters(letters)}`,
  isLoaded: (code, rows) => `${code} has all ${format.rows(rows)}`,
  isAnswered: () => 'no message is without an answer',
})

const day: DayTexts = {
  heading: () => '3. An ordinary day: every site changes something',
  explain: () =>
    "This is written by an ordinary connection to each database, as the site's own program would do it. It knows nothing " +
    'of an exchange.',
  explainSql: () =>
    'An order at a warehouse; a new price and a deleted product at the head office; a phone number at the other warehouse:',
  explainExchange: () =>
    'The warehouses send what changed, and the head office takes it and passes it on:',
  explainRound: () => 'And the warehouses take what came from the head office and from each other:',
  explainRead: () => 'Read back from each database:',
  whatTitle: () => 'what',
  beforeTitle: () => 'before',
  nothing: () => 'gone',
  order: (orderId) => `customer of order ${orderId}`,
  orderLines: (orderId) => `lines of order ${orderId}`,
  price: (product) => `price of "${product}"`,
  product: (product) => `product "${product}"`,
  productLines: (product) => `order lines with "${product}"`,
  phone: (customer) => `phone of ${customer}`,
  isEverywhere: (what) => `${what}: the same everywhere`,
}

const people = (format: FormatMessages): PeopleTexts => ({
  letters: (completeSubject) => [
    {
      from: 'Olga Petrova <olga@example.org>',
      subject: 'Invoice no. 512',
      text: 'Good morning, the invoice is on its way.\nOlga\n',
    },
    {
      from: 'Ivan Sidorov <ivan@example.org>',
      subject: 'СООБЩЕНИЕ_ОБМЕНА: when is lunch?',
      text: 'Just curious what happens if I write it like this.\nIvan\n',
    },
    {
      from: 'Ivan Sidorov <ivan@example.org>',
      subject: completeSubject,
      text: 'And like this? There is no file attached.\nIvan\n',
    },
  ],
  heading: () => '5. The letters of people',
  explain: () =>
    'The mailbox also belongs to people. Three letters were in it before the first exchange: an ordinary one, one whose subject begins ' +
    'like that of a message, and one whose subject is exactly that of a message but which has no attachment.',
  fromTitle: () => 'from',
  subjectTitle: () => 'subject',
  readTitle: () => 'state',
  unread: () => 'unread',
  read: () => 'read',
  isUntouched: (letters) =>
    `all ${format.letters(letters)} are still there, unread, and nothing else is`,
})

const result = (format: FormatMessages): ResultTexts => ({
  heading: () => '6. The result',
  explainNodes: () => 'Every site counts its messages for each other site:',
  siteTitle: () => 'at',
  nodeTitle: () => 'with',
  sentTitle: () => 'last sent',
  acknowledgedTitle: () => 'confirmed',
  receivedTitle: () => 'last received',
  waitingTitle: () => 'rows waiting',
  nothingWaits: (code) => `${code}: nothing waits to be sent`,
  explainChecksums: () =>
    'Every table, on every site, with its checksum (the first 12 digits of SHA-256):',
  tableTitle: () => 'table',
  rowsTitle: () => 'rows',
  isSame: (table) => `table ${table} is the same on all sites`,
  allSame: (tables) => `all ${format.tables(tables)} are the same on all three sites`,
  explainLetters: (letters, size) => `${format.letters(letters)} travelled, ${size} in all:`,
  numberTitle: () => 'No.',
  subjectTitle: () => 'subject',
  sizeTitle: () => 'size',
  fateTitle: () => '',
  fate: (fate) => ({ deliver: '', lose: 'lost', duplicate: 'came twice', hold: 'came late' })[fate],
})

const ending = (format: FormatMessages): EndingTexts => ({
  good: (seconds) => `Everything is as it should be (${seconds} s).`,
  bad: (differences) =>
    differences === 1
      ? 'One thing is not as it should be: look for ✗ above.'
      : `${format.number(differences)} things are not as they should be: look for ✗ above.`,
  failed: (command, exitCode) => `${command} ended with exit code ${exitCode}.`,
  removed: () => 'The folder of the demo is removed.',
  keepHint: () => 'To keep everything and play with it: npm run demo -- --keep DIR',
  kept: (path) =>
    `Everything stays in ${path}. To go on, start the mail host in a window of its own:`,
  serve: () => 'In another window, change something and exchange:',
  change: () => 'a program of yours, or any SQL tool, changes a row at a warehouse',
  exchange: () => 'the warehouse sends it, the head office takes it',
  look: () => 'the numbers, and what waits',
  letters: (path) =>
    `The letters in the mailbox are files in ${path}; any mail program opens them.`,
})

const serving: ServingTexts = {
  running: ({ address, smtp, pop3 }) =>
    `The mail host of the demo is running: mailbox ${address}, SMTP ${smtp}, POP3 ${pop3}.`,
  stopHint: () => 'Ctrl-C stops it; the letters stay.',
  stopped: () => 'The mail host has stopped.',
  folderNotEmpty: (path) => `the folder ${path} is not empty`,
  folderNotEmptyHint: () =>
    'name a folder that is empty or does not exist yet; nothing was changed in this one',
  noDemo: (path) => `there is no kept demo in ${path}`,
  noDemoHint: (path) => `make one first: npx obmen demo --keep ${path}`,
  portTaken: (port) => `the mail host can't use port ${port} again: another program has it`,
  portTakenHint: () =>
    'is it running already? Otherwise stop that program, or make a new demo in another folder',
}

/** The demo in English. */
export const makeEnglishTexts: MakeDemoTexts = (format) => ({
  opening,
  joining: joining(format),
  firstLoad: firstLoad(format),
  day,
  mishaps: englishMishaps,
  people: people(format),
  result: result(format),
  ending: ending(format),
  serving,
})
