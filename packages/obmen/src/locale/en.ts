import type { CodeLetters, FormatMessages, Messages } from './messages.ts'
import { englishConfig } from './en-config.ts'
import { englishConflicts, englishRefused } from './en-conflicts.ts'
import { explainInEnglish } from './en-errors.ts'
import { englishFindings } from './en-findings.ts'
import { describeEvent } from './en-events.ts'
import { englishSend } from './en-send.ts'
import { shownNodes } from './node-list.ts'

const numbers = new Intl.NumberFormat('en')
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const format: FormatMessages = {
  number: (number) => numbers.format(number),
  size: (octets) => formatSize(octets),
  moment: (ms) => moments.format(new Date(ms)),
  rows: (count) => `${numbers.format(count)} ${count === 1 ? 'row' : 'rows'}`,
  messages: (count) => `${numbers.format(count)} ${count === 1 ? 'message' : 'messages'}`,
  letters: (count) => `${numbers.format(count)} ${count === 1 ? 'letter' : 'letters'}`,
  tables: (count) => `${numbers.format(count)} ${count === 1 ? 'table' : 'tables'}`,
  nodes: (codes) => {
    const { shown, hidden } = shownNodes(codes)
    const more = hidden > 0 ? ` and ${numbers.format(hidden)} more` : ''
    return `${codes.length === 1 ? 'node' : 'nodes'} ${shown}${more}`
  },
}

function alphabets({ latin, cyrillic }: CodeLetters): string {
  const parts = [latin && `Latin ${latin}`, cyrillic && `Cyrillic ${cyrillic}`]
  return parts.filter((part) => part !== '').join(', ')
}

function formatSize(octets: number): string {
  if (octets < 1024) return `${octets} B`
  const isLarge = octets >= 1024 ** 2
  const number = octets / (isLarge ? 1024 ** 2 : 1024)
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(number)} ${isLarge ? 'MB' : 'KB'}`
}

/** Everything in English. */
export const en: Messages = {
  language: 'en',
  format,
  config: englishConfig,
  errorText: explainInEnglish,
  general: {
    errorLine: (message) => `error: ${message}`,
    tryLine: (hint) => `try: ${hint}`,
    yes: () => 'yes',
    no: () => 'no',
    unprepared: (tables, command) =>
      `Not exchanged yet: ${tables.join(', ')}. Their changes are not registered; begin with: ${command}`,
    nothingChanged: () => 'Nothing was changed (--dry-run).',
    nodeTooOld: (version) =>
      `error: this is Node.js ${version}, and Obmen needs 24.16 or later, of 26 at least 26.1\ntry: https://nodejs.org/`,
    overview: (commands) =>
      [
        'Keeps databases in step by e-mail.',
        '',
        'usage: obmen COMMAND [OPTIONS]',
        '',
        ...commands.map(({ name, summary }) => `  ${name.padEnd(18)} ${summary}`),
        '',
        'Options of every command:',
        '  --config FILE   the configuration, by default obmen.yaml in this folder',
        '  --lang ru|en    the language, by default that of the system',
        '  --verbose       on an error tell everything; exchange shows every line of the mail servers',
        '  --help          what the command does, with examples',
        '  --version       the version of Obmen',
        '',
        'Examples:',
        '  obmen init --help',
        '  obmen exchange',
        '',
      ].join('\n'),
  },
  init: {
    configWritten: (path) => `Wrote ${path}.`,
    configPresent: (path) => `${path} is there already and stays as it is.`,
    configWouldBeWritten: (path) => `${path} would be written.`,
    prepared: (database, node, plan) => `Prepared ${database} as node ${node} of ${plan}:`,
    wouldBePrepared: (database, node, plan) =>
      `${database} would be prepared as node ${node} of ${plan}:`,
    tableTitle: () => 'table',
    rowsTitle: () => 'rows',
    kindTitle: () => 'change',
    kind: (kind) => ({ added: 'added', repaired: 'repaired', present: 'as before' })[kind],
    removedKind: () => 'taken out',
    noTables: () => 'There are no tables to exchange in this database yet.',
    next: (steps) => ['Next:', ...steps.map((step) => `  ${step}`)].join('\n'),
    stepPasswordEnv: (name) =>
      `set the environment variable ${name} to the password of the mailbox`,
    stepPasswordFile: (path) => `write the password of the mailbox into ${path} (chmod 600)`,
    stepAddNode: (command) => `${command('CODE')}   # the other node, by its code`,
    stepExchange: (command) => `${command}   # now, and then as often as you like`,
  },
  node: {
    added: (code) => `Added node ${code}.`,
    attributes: () => 'attributes',
    attributesAre: (code, attributes) => `Attributes of ${code}: ${attributes}`,
    attributesMean: () => 'The next exchange gives the node what its share has come to be.',
    wouldBeAdded: (code) => `Node ${code} would be added.`,
    addedMeans: (plan, command) =>
      `The next exchange offers every row of plan ${plan}. At the other site this node must be added too: ${command}`,
    looksLike: (code, known) =>
      `Note: ${code.code} (${alphabets(code)}) looks like ${known.code} (${alphabets(known)}), and is another node: codes are compared letter by letter.`,
    mixesAlphabets: (code) =>
      `Note: ${code.code} mixes alphabets: ${alphabets(code)}. Its own site must write it so too.`,
    otherAlphabet: (code, thisNode) =>
      `Note: ${code.code} is written with ${alphabets(code)}, and ${thisNode.code} with ${alphabets(thisNode)}. Its own site must write it so too.`,
    removed: (code) => `Removed node ${code}.`,
    wouldBeRemoved: (code) => `Node ${code} would be removed.`,
    removedMeans: (command) =>
      `Nothing more is sent to it or taken from it; letters on the way stay in the mailbox. Added again (${command}), it gets every row anew.`,
    none: (command) => `There are no other nodes yet. Add one with: ${command}`,
    title: () => 'node',
    epoch: () => 'epoch',
    sentNo: () => 'sent No.',
    acknowledgedNo: () => 'acknowledged No.',
    receivedNo: () => 'received No.',
    unacknowledged: () => 'unacknowledged',
    oldestUnacknowledged: () => 'oldest unacknowledged',
    undelivered: () => 'not yet delivered',
    owesAcknowledgement: () => 'owed an acknowledgement',
    gapBefore: () => 'messages missing before No.',
  },
  exchange: {
    event: (event) => describeEvent(event, format),
    connecting: (host) => `connecting to ${host}`,
    silent: ({ server, scheme, encrypted }) =>
      encrypted === undefined
        ? `${server} has said nothing yet`
        : `${server} has said nothing yet; at a port that is encrypted from its beginning (${encrypted.port}) that is so with ${scheme}://: write ${encrypted.scheme}://`,
    looking: (looked, letters) =>
      `looking at letters: ${numbers.format(looked)} of ${numbers.format(letters)}`,
    stopping: () => 'stopping: what is done stays done; once more ends the program at once',
    troubleIsOver: () => 'the trouble is over: the exchange goes on',
    nodeProblem: (node, message) => `node ${node}: ${message}`,
    sameProblem: (nodes, message) => `the same (${format.nodes(nodes)}): ${message}`,
    waitingInTitle: () => 'messages to receive',
    waitingOutTitle: () => 'rows to send',
    serversAnswer: (send, receive) =>
      `Both mail servers answer and accept the login: ${receive} and ${send}.`,
    nodeTitle: () => 'node',
    receivedTitle: () => 'received',
    appliedTitle: () => 'rows applied',
    conflictsTitle: () => 'conflicts',
    refusedTitle: () => 'refused',
    sentTitle: () => 'sent',
    rowsTitle: () => 'rows sent',
    sizeTitle: () => 'size',
    resultTitle: () => 'result',
    inStep: () => 'done',
    failed: () => 'failed',
    ignored: (count) =>
      `Not taken, because this node only sends these tables: ${format.rows(count)}. See "direction" under "rules".`,
    refusedHint: () =>
      'The database refused rows; they are kept and tried again. See: obmen status',
  },
  conflicts: englishConflicts,
  refused: englishRefused(format),
  findings: englishFindings(format),
  send: englishSend(format),
  status: {
    plan: () => 'plan',
    thisNode: () => 'this node',
    mainNode: () => 'head office',
    mainNodeUnknown: (code, nearest) =>
      nearest === undefined
        ? `${code}, none of the nodes here`
        : `${code}, none of the nodes here; did you mean "${nearest}"? Then correct "main"`,
    database: () => 'database',
    address: () => 'mailbox',
    waiting: () => 'rows to send',
    conflicts: (count, open) => {
      const state = open === 0 ? 'all decided' : `${numbers.format(open)} to be decided`
      return `Conflicts: ${numbers.format(count)}${count === 0 ? '' : `, ${state}`}`
    },
    unsentRows: (count) => `Rows that can't be sent as they are: ${numbers.format(count)}`,
    unsentReason: (reason) =>
      reason.kind === 'not-utf8'
        ? `the text in "${reason.column}" is not UTF-8`
        : `larger than the mail server takes: ${formatSize(reason.sizeOctets)}`,
    refusedRows: (count) => `Rows that the database refused: ${numbers.format(count)}`,
    winner: (winner) =>
      ({ ours: 'this node', theirs: 'that node', merged: 'both, merged' })[winner],
    keyBlocks: () => 'Blocks of keys',
    blockTitle: () => 'block',
    keysLeftTitle: () => 'keys left',
    keyWarning: ({ block, left }) =>
      block === undefined
        ? 'waits for a block from the head office'
        : left === 0
          ? 'no key is left: exchange with the head office'
          : 'few are left: exchange with the head office',
    tableTitle: () => 'table',
    keyTitle: () => 'key',
    nodeTitle: () => 'node',
    reasonTitle: () => 'reason',
    winnerTitle: () => 'kept is the row of',
    momentTitle: () => 'when',
    rowsTitle: () => 'rows',
    checksumTitle: () => 'checksum',
    more: (count) => `… and ${numbers.format(count)} older: see --json`,
  },
}
