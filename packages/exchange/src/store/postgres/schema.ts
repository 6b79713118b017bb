/**
 * The tables that Obmen keeps in the application's database, all in a schema of their own. Beside these there are two for each
 * table of the plan, a log and a change index: see capture.ts.
 *
 * The schema is not called `obmen`: that would be the first place for every name of a role called so, and administrators
 * call it so.
 */
export const SCHEMA_VERSION = 1

export const SCHEMA = `
CREATE SCHEMA obmen_exchange;
REVOKE ALL ON SCHEMA obmen_exchange FROM PUBLIC;

-- What this database is: format, plan, this node, the schema whose tables take part, and the last position of the change index.
CREATE TABLE obmen_exchange.meta (
  name  text PRIMARY KEY,
  value text NOT NULL
);

-- The tables of the plan, and those that have left it: their change index stays, should they come back. Parents come before
-- their children; the number is part of the names of log, index and trigger functions.
CREATE TABLE obmen_exchange.tables (
  id         integer PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  capture    text NOT NULL,  -- what its log, index and triggers were made from: compared with what is there; '' has left
  partitions text NOT NULL   -- the partitions that have triggers of ours
);

-- Tables that were emptied by TRUNCATE since the last fold.
CREATE TABLE obmen_exchange.truncated (
  table_id integer NOT NULL,
  at       bigint NOT NULL
);

-- The other nodes of the plan, as the message numbers have them. COLLATE "C": in the same order as everywhere else.
CREATE TABLE obmen_exchange.nodes (
  code                 text COLLATE "C" PRIMARY KEY,
  epoch_counter        bigint NOT NULL,
  epoch_random         text NOT NULL,
  sent_no              bigint NOT NULL,
  acknowledged_no      bigint NOT NULL,
  acknowledged_uuid    text NOT NULL,    -- of the message with that number; '' when there is none
  acknowledged_seq     bigint NOT NULL,
  offered_seq          bigint NOT NULL,
  received_no          bigint NOT NULL,
  received_seq         bigint NOT NULL,  -- the position in its change index up to which its changes have come; 0 for none
  owes_acknowledgement boolean NOT NULL,
  gap_before           bigint NOT NULL,
  told_refused         bigint NOT NULL,  -- how many of its rows wait here, as the last message to it says
  standing             text NOT NULL,    -- forks, lives and what stops the exchange, as JSON; '' when there is nothing
  former               text              -- what was in the epoch before, as JSON
);

-- How far the share of a node in a table is worked out, and by which condition: see share.ts.
CREATE TABLE obmen_exchange.shares (
  node        text COLLATE "C" NOT NULL REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  table_id    integer NOT NULL,
  through_seq bigint NOT NULL,
  condition   text NOT NULL,
  PRIMARY KEY (node, table_id)
);

-- Messages written and not yet acknowledged.
CREATE TABLE obmen_exchange.sent (
  node        text COLLATE "C" NOT NULL REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  message_no  bigint NOT NULL,
  uuid        text NOT NULL,
  base_no     bigint NOT NULL,
  through_seq bigint NOT NULL,
  row_count   bigint NOT NULL,
  size_octets bigint NOT NULL,
  written_at  bigint NOT NULL,
  delivered   boolean NOT NULL,
  superseded  boolean NOT NULL,
  content     text,          -- what its file is made of, as JSON, until it is delivered
  PRIMARY KEY (node, message_no)
);

-- What is undelivered or overdue is found without reading the rest.
CREATE INDEX sent_in_flight ON obmen_exchange.sent (superseded, delivered, written_at);

-- The last messages received, by which duplicates and forks are told apart.
CREATE TABLE obmen_exchange.received (
  node       text COLLATE "C" NOT NULL REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  message_no bigint NOT NULL,
  uuid       text NOT NULL,
  PRIMARY KEY (node, message_no)
);

-- Rows that can't be sent as they are: the others go without them.
CREATE TABLE obmen_exchange.unsent (
  seq          bigint PRIMARY KEY, -- the row's position in the change index; with another one it is tried again
  table_name   text NOT NULL,
  row_key      text NOT NULL,      -- for people
  column_name  text,               -- the text in it is not UTF-8; NULL: the row is too large
  size_octets  bigint NOT NULL,
  limit_octets bigint NOT NULL,
  set_aside_at bigint NOT NULL
);

-- Days on which there was an exchange, with the last position of the change index then: the age of deletions is counted in them, because
-- a clock that jumps by years must not make them old.
CREATE TABLE obmen_exchange.days (
  id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at  bigint NOT NULL,
  seq bigint NOT NULL
);

-- Rows that this database refused: tried again after each later message.
CREATE TABLE obmen_exchange.refused (
  table_name text NOT NULL,
  row_key    text NOT NULL,   -- the key as JSON
  node       text NOT NULL,
  table_line text NOT NULL,   -- the columns of the sender, as in the message
  row_line   text NOT NULL,   -- the row, as in the message
  reason     text NOT NULL,   -- in the words of PostgreSQL
  ours       text,            -- the row under this key as it was here; NULL: there was none
  refused_at bigint NOT NULL,
  PRIMARY KEY (table_name, row_key)
);

CREATE INDEX refused_node ON obmen_exchange.refused (node);

-- Rows of this database that a node could not take, as its last message says.
CREATE TABLE obmen_exchange.refused_there (
  node      text COLLATE "C" PRIMARY KEY REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  row_count bigint NOT NULL,
  row_list  text NOT NULL,  -- the first of them as JSON: table, key, reason
  told_at   bigint NOT NULL
);

-- Tables that hold something else at a node, although neither side has something to tell.
CREATE TABLE obmen_exchange.differences (
  node       text COLLATE "C" NOT NULL REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  table_name text NOT NULL,
  parts      text NOT NULL,  -- the numbers of its parts as JSON: see table-sum.ts
  rows_here  bigint NOT NULL,
  rows_there bigint NOT NULL,
  found_at   bigint NOT NULL,
  PRIMARY KEY (node, table_name)
);

-- Rows that were changed on both sides, with both versions: nothing that somebody entered is lost without trace.
CREATE TABLE obmen_exchange.conflicts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  row_key    text NOT NULL,
  node       text NOT NULL,
  table_line text NOT NULL,   -- the columns of both versions, as in the message
  winner     text NOT NULL CHECK (winner IN ('ours', 'theirs', 'merged')),
  policy     text NOT NULL,
  is_open    boolean NOT NULL,
  ours       text,            -- NULL: deleted
  theirs     text,            -- NULL: deleted
  decided_at bigint NOT NULL,
  stamp      bigint NOT NULL, -- of the newer version; when a person has chosen, of the choice
  seq        bigint           -- the position at which a person's choice travels
);

CREATE INDEX conflicts_seq ON obmen_exchange.conflicts (seq) WHERE seq IS NOT NULL;

-- What a node says that it has decided is found by its key, which may be longer than a B-tree takes.
CREATE INDEX conflicts_open ON obmen_exchange.conflicts USING hash (row_key) WHERE is_open;

-- Letters of the shared mailbox that are none of ours, so that each is looked at once.
CREATE TABLE obmen_exchange.foreign_letters (
  unique_id text PRIMARY KEY
);

-- What the rules of the plan may ask of a node.
CREATE TABLE obmen_exchange.attributes (
  node  text COLLATE "C" NOT NULL REFERENCES obmen_exchange.nodes ON DELETE CASCADE,
  name  text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (node, name)
);

-- Blocks of keys that were handed out. At the head office all there ever were; elsewhere those of this node, of which the newest counts.
CREATE TABLE obmen_exchange.key_blocks (
  table_name text NOT NULL,
  first      bigint NOT NULL,
  last       bigint NOT NULL,
  node       text COLLATE "C" NOT NULL,
  PRIMARY KEY (table_name, node, first)
);

-- What was said last of the keys of a node: by it, at the head office; to it, in the row of this node itself.
CREATE TABLE obmen_exchange.key_reports (
  table_name  text NOT NULL,
  node        text COLLATE "C" NOT NULL,
  first       bigint NOT NULL,  -- its block; 0 when it has none
  last        bigint NOT NULL,
  used        bigint NOT NULL,
  greatest    bigint NOT NULL,
  climbs      boolean NOT NULL,
  through     bigint NOT NULL,
  wants_fresh boolean NOT NULL,
  PRIMARY KEY (table_name, node)
);

-- How far the sequences of the application went before they were made to end with a block.
CREATE TABLE obmen_exchange.key_sequences (
  sequence  oid PRIMARY KEY,
  max_value bigint NOT NULL
);
`
