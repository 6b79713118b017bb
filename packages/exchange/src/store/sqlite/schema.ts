/**
 * The tables that Obmen keeps in the application's database, all named `obmen_…`. Beside these there are two for each
 * table of the plan, a log and a change index: see capture.ts. No STRICT: a program with a SQLite before 3.37 could not
 * even open the database.
 */
export const SCHEMA_VERSION = 1

export const SCHEMA = `
-- What this database is: format, plan, this node, and the last position of the change index.
CREATE TABLE obmen_meta (
  name  TEXT PRIMARY KEY NOT NULL,
  value NOT NULL  -- without a type, so that a node code 007 stays what it is
) WITHOUT ROWID;

-- The tables of the plan, and those that have left it: their change index stays, should they come back. Parents come before
-- their children; the number is part of the names of log, index and triggers.
CREATE TABLE obmen_table (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  capture  TEXT NOT NULL   -- the statements that made its log, index and triggers: compared with what is there; '' has left
);

-- The other nodes of the plan, as the message numbers have them.
CREATE TABLE obmen_node (
  code                 TEXT PRIMARY KEY NOT NULL,
  epoch_counter        INTEGER NOT NULL,
  epoch_random         TEXT NOT NULL,
  sent_no              INTEGER NOT NULL,
  acknowledged_no      INTEGER NOT NULL,
  acknowledged_uuid    TEXT NOT NULL,    -- of the message with that number; '' when there is none
  acknowledged_seq     INTEGER NOT NULL,
  offered_seq          INTEGER NOT NULL,
  received_no          INTEGER NOT NULL,
  received_seq         INTEGER NOT NULL,  -- the position in its change index up to which its changes have come; 0 for none
  owes_acknowledgement INTEGER NOT NULL,
  gap_before           INTEGER NOT NULL,
  told_refused         INTEGER NOT NULL,  -- how many of its rows wait here, as the last message to it says
  standing             TEXT NOT NULL,     -- forks, lives and what stops the exchange, as JSON; '' when there is nothing
  former               TEXT              -- what was in the epoch before, as JSON
) WITHOUT ROWID;

-- What the rules of the plan may ask of a node.
CREATE TABLE obmen_attribute (
  node  TEXT NOT NULL REFERENCES obmen_node,
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (node, name)
) WITHOUT ROWID;

-- How far the share of a node in a table is worked out, and by which condition: see share.ts.
CREATE TABLE obmen_share (
  node        TEXT NOT NULL REFERENCES obmen_node,
  table_id    INTEGER NOT NULL,
  through_seq INTEGER NOT NULL,
  condition   TEXT NOT NULL,
  PRIMARY KEY (node, table_id)
) WITHOUT ROWID;

-- Messages written and not yet acknowledged.
CREATE TABLE obmen_sent (
  node        TEXT NOT NULL REFERENCES obmen_node,
  message_no  INTEGER NOT NULL,
  uuid        TEXT NOT NULL,
  base_no     INTEGER NOT NULL,
  through_seq INTEGER NOT NULL,
  row_count   INTEGER NOT NULL,
  size_octets INTEGER NOT NULL,
  written_at  INTEGER NOT NULL,
  delivered   INTEGER NOT NULL,
  superseded  INTEGER NOT NULL,
  content     TEXT,          -- what its file is made of, as JSON, until it is delivered
  PRIMARY KEY (node, message_no)
) WITHOUT ROWID;

-- What is undelivered or overdue is found without reading the rest.
CREATE INDEX obmen_sent_in_flight ON obmen_sent (superseded, delivered, written_at);

-- Rows that can't be sent as they are: the others go without them.
CREATE TABLE obmen_unsent (
  seq          INTEGER PRIMARY KEY, -- the row's position in the change index; with another one it is tried again
  table_name   TEXT NOT NULL,
  row_key      TEXT NOT NULL,       -- for people
  column_name  TEXT,                -- the text in it is not UTF-8; NULL: the row is too large
  size_octets  INTEGER NOT NULL,
  limit_octets INTEGER NOT NULL,
  set_aside_at INTEGER NOT NULL
);

-- Days on which there was an exchange, with the last position of the change index then: the age of deletions is counted in them, because
-- a clock that jumps by years must not make them old.
CREATE TABLE obmen_day (
  id  INTEGER PRIMARY KEY,
  at  INTEGER NOT NULL,
  seq INTEGER NOT NULL
);

-- The last messages received, by which duplicates and forks are told apart.
CREATE TABLE obmen_received (
  node       TEXT NOT NULL REFERENCES obmen_node,
  message_no INTEGER NOT NULL,
  uuid       TEXT NOT NULL,
  PRIMARY KEY (node, message_no)
) WITHOUT ROWID;

-- Rows that this database refused: tried again after each later message.
CREATE TABLE obmen_refused (
  table_name TEXT NOT NULL,
  row_key    TEXT NOT NULL,  -- the key as JSON
  node       TEXT NOT NULL,
  table_line TEXT NOT NULL,  -- the columns of the sender, as in the message
  row_line   TEXT NOT NULL,  -- the row, as in the message
  reason     TEXT NOT NULL,  -- in the words of SQLite
  refused_at INTEGER NOT NULL,
  ours       TEXT,           -- the row under this key as it was here; NULL: there was none
  PRIMARY KEY (table_name, row_key)
) WITHOUT ROWID;

CREATE INDEX obmen_refused_node ON obmen_refused (node);

-- Rows of this database that a node could not take, as its last message says.
CREATE TABLE obmen_refused_there (
  node      TEXT PRIMARY KEY NOT NULL REFERENCES obmen_node,
  row_count INTEGER NOT NULL,
  row_list  TEXT NOT NULL,  -- the first of them as JSON: table, key, reason
  told_at   INTEGER NOT NULL
) WITHOUT ROWID;

-- Tables that hold something else at a node, although neither side has something to tell.
CREATE TABLE obmen_difference (
  node       TEXT NOT NULL REFERENCES obmen_node,
  table_name TEXT NOT NULL,
  parts      TEXT NOT NULL,  -- the numbers of its parts as JSON: see table-sum.ts
  rows_here  INTEGER NOT NULL,
  rows_there INTEGER NOT NULL,
  found_at   INTEGER NOT NULL,
  PRIMARY KEY (node, table_name)
) WITHOUT ROWID;

-- Rows that were changed on both sides, with both versions: nothing that somebody entered is lost without trace.
CREATE TABLE obmen_conflict (
  id         INTEGER PRIMARY KEY,
  table_name TEXT NOT NULL,
  row_key    TEXT NOT NULL,
  node       TEXT NOT NULL,
  table_line TEXT NOT NULL DEFAULT '',  -- the columns of both versions, as in the message
  winner     TEXT NOT NULL CHECK (winner IN ('ours', 'theirs', 'merged')),
  policy     TEXT NOT NULL DEFAULT 'latest',
  is_open    INTEGER NOT NULL DEFAULT 0,
  ours       TEXT,           -- NULL: deleted
  theirs     TEXT,           -- NULL: deleted
  decided_at INTEGER NOT NULL,
  stamp      INTEGER NOT NULL DEFAULT 0,  -- of the newer version; when a person has chosen, of the choice
  seq        INTEGER         -- the position at which a person's choice travels
);

CREATE INDEX obmen_conflict_seq ON obmen_conflict (seq) WHERE seq IS NOT NULL;

-- What a node says that it has decided is found by its key.
CREATE INDEX obmen_conflict_open ON obmen_conflict (row_key) WHERE is_open;

-- Letters of the shared mailbox that are none of ours, so that each is looked at once.
CREATE TABLE obmen_foreign_letter (
  unique_id TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

-- Blocks of keys that were handed out. At the head office all there ever were; elsewhere those of this node, of which the newest counts.
CREATE TABLE obmen_key_block (
  table_name TEXT NOT NULL,
  first      INTEGER NOT NULL,
  last       INTEGER NOT NULL,
  node       TEXT NOT NULL,
  PRIMARY KEY (table_name, node, first)
) WITHOUT ROWID;

-- What was said last of the keys of a node: by it, at the head office; to it, in the row of this node itself.
CREATE TABLE obmen_key_report (
  table_name  TEXT NOT NULL,
  node        TEXT NOT NULL,
  first       INTEGER NOT NULL,  -- its block; 0 when it has none
  last        INTEGER NOT NULL,
  used        INTEGER NOT NULL,
  greatest    INTEGER NOT NULL,
  climbs      INTEGER NOT NULL,
  through     INTEGER NOT NULL,
  wants_fresh INTEGER NOT NULL,
  PRIMARY KEY (table_name, node)
) WITHOUT ROWID;

-- Where the block of this node ends: read by the triggers that refuse keys behind it.
CREATE TABLE obmen_key_end (
  table_id INTEGER PRIMARY KEY,
  last     INTEGER NOT NULL
);
`
