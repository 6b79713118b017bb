/**
 * The tables that Obmen keeps in the application's database, all in a schema of their own. Beside these there are two for each
 * table of the plan, a log and a change index: see capture.ts.
 */
export const SCHEMA_VERSION = 1

export const SCHEMA = `
CREATE SCHEMA obmen;
REVOKE ALL ON SCHEMA obmen FROM PUBLIC;

-- What this database is: format, plan, this node, the schema whose tables take part, and the last position of the change index.
CREATE TABLE obmen.meta (
  name  text PRIMARY KEY,
  value text NOT NULL
);

-- The tables of the plan, and those that have left it: their change index stays, should they come back. Parents come before
-- their children; the number is part of the names of log, index and trigger functions.
CREATE TABLE obmen.tables (
  id         integer PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  capture    text NOT NULL,  -- what its log, index and triggers were made from: compared with what is there; '' has left
  partitions text NOT NULL   -- the partitions that have triggers of ours
);

-- Tables that were emptied by TRUNCATE since the last fold.
CREATE TABLE obmen.truncated (
  table_id integer NOT NULL,
  at       bigint NOT NULL
);

-- The other nodes of the plan, as the message numbers have them. COLLATE "C": in the same order as everywhere else.
CREATE TABLE obmen.nodes (
  code                 text COLLATE "C" PRIMARY KEY,
  epoch_counter        bigint NOT NULL,
  epoch_random         text NOT NULL,
  sent_no              bigint NOT NULL,
  acknowledged_no      bigint NOT NULL,
  acknowledged_seq     bigint NOT NULL,
  offered_seq          bigint NOT NULL,
  received_no          bigint NOT NULL,
  owes_acknowledgement boolean NOT NULL,
  gap_before           bigint NOT NULL
);

-- Messages written and not yet acknowledged.
CREATE TABLE obmen.sent (
  node        text COLLATE "C" NOT NULL REFERENCES obmen.nodes ON DELETE CASCADE,
  message_no  bigint NOT NULL,
  uuid        text NOT NULL,
  base_no     bigint NOT NULL,
  through_seq bigint NOT NULL,
  row_count   bigint NOT NULL,
  size_octets bigint NOT NULL,
  written_at  bigint NOT NULL,
  delivered   boolean NOT NULL,
  superseded  boolean NOT NULL,
  PRIMARY KEY (node, message_no)
);

-- The last messages received, by which duplicates and forks are told apart.
CREATE TABLE obmen.received (
  node       text COLLATE "C" NOT NULL REFERENCES obmen.nodes ON DELETE CASCADE,
  message_no bigint NOT NULL,
  uuid       text NOT NULL,
  PRIMARY KEY (node, message_no)
);

-- Rows that this database refused: tried again after each later message.
CREATE TABLE obmen.refused (
  table_name text NOT NULL,
  row_key    text NOT NULL,   -- the key as JSON
  node       text NOT NULL,
  table_line text NOT NULL,   -- the columns of the sender, as in the message
  row_line   text NOT NULL,   -- the row, as in the message
  reason     text NOT NULL,   -- in the words of PostgreSQL
  refused_at bigint NOT NULL,
  PRIMARY KEY (table_name, row_key)
);

-- Rows that were changed on both sides, with both versions: nothing that somebody entered is lost without trace.
CREATE TABLE obmen.conflicts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  row_key    text NOT NULL,
  node       text NOT NULL,
  winner     text NOT NULL CHECK (winner IN ('ours', 'theirs')),
  ours       text,            -- NULL: deleted
  theirs     text,            -- NULL: deleted
  decided_at bigint NOT NULL
);

-- Letters of the shared mailbox that are none of ours, so that each is looked at once.
CREATE TABLE obmen.foreign_letters (
  unique_id text PRIMARY KEY
);

-- What the rules of the plan may ask of a node.
CREATE TABLE obmen.attributes (
  node  text COLLATE "C" NOT NULL REFERENCES obmen.nodes ON DELETE CASCADE,
  name  text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (node, name)
);
`
