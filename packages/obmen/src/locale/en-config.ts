import type { ConfigComments } from './messages.ts'

/** The comments of a new configuration file. */
export const englishConfig: ConfigComments = {
  head: 'Obmen: this database takes part in an exchange by e-mail.\nCheck it after a change with: obmen status',
  certificates:
    "A mail server of your own, with a certificate of your own: the issuer's certificate (PEM),\nand the name in the certificate where it is not the host's.",
  settings: {
    plan: 'The exchange plan: the same name on all nodes.',
    node: 'The code of this node: another one on each.',
    database:
      'The database of the application: a SQLite file (relative paths are relative to this file), or\npostgres://USER@HOST/DATABASE with its password in OBMEN_DATABASE_PASSWORD, in ~/.pgpass,\nor where databasePassword says: { env: NAME } or { file: ./secret }',
    tables:
      'The tables that are exchanged: all, { only: [Orders, Customers] }, or { except: [Log] }.\nAfter a change run: obmen init',
    rules:
      'What part of a table goes where: rows by a condition on the receiving node, columns, direction.\nSet what it asks of a node with: obmen node set S01 warehouse=3\nkeyBlocks: 10000 gives each node a block of keys of its own, handed out by the head office (main).',
    main: 'The head office: the conflicts that it is part of are decided from its side.',
    conflicts:
      'Who wins when both sides changed a row: latest, ours, theirs, ask, or { priority: [HQ, S01] }.',
    strict: 'Whether one row that the database refuses stops its whole message.',
    foreignKeys:
      'kept: a row waits for those that it refers to; ignored: for an application that does not keep\nits foreign keys either.',
    address: 'The mailbox through which all nodes exchange.',
    send: 'The server that letters are sent by: smtps://USER@HOST, or smtp://USER@HOST (STARTTLS, port 587).\nIn USER write @ as %40. Without encryption only as smtp://USER@HOST:25?tls=none',
    receive:
      'The server that letters are fetched from: imaps://USER@HOST or pop3s://USER@HOST;\nimap:// or pop3:// for STARTTLS. Another mailbox than INBOX: imaps://USER@HOST/Exchange',
    password:
      'Where the password lies, never the password itself: { env: NAME } or { file: ./secret }.',
    subjectPrefix: 'What the subjects of our letters begin with: the same on all nodes.',
    messageSize:
      'How large a message may become before compression. Mail providers take 20 to 25 MB.',
    window: 'How many messages may be on their way to a node without an answer.',
    resendAfter: 'After so long without an answer a message counts as lost and is sent again.',
    keepDeletions: 'For so many days with an exchange it is remembered that a row was deleted.',
    checkTables:
      'So often a message says what the tables hold, and the receiver compares: never, or 30 days.\nBoth sides read their tables from one end to the other then.',
    spool: 'A folder for messages on their way, on a disk that survives a restart.',
  },
}
