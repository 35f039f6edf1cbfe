-- A session of the market, and what its trading log begins with.
CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  instrument TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  interval_ms INTEGER NOT NULL,
  header TEXT NOT NULL
) STRICT;
-- Whose account is whose; strategies' accounts are nobody's.
CREATE TABLE account (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;
-- The trading log.
CREATE TABLE input (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  number INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
-- Ticks since the snapshot, in pieces.
CREATE TABLE piece (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  first INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ticks BLOB NOT NULL,
  PRIMARY KEY (session, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot (
  session INTEGER PRIMARY KEY REFERENCES session ON DELETE CASCADE,
  state BLOB NOT NULL
) STRICT;
-- The last tick of which the market was told what was taken on it.
CREATE TABLE steered (
  session INTEGER PRIMARY KEY REFERENCES session ON DELETE CASCADE,
  tick INTEGER NOT NULL
) STRICT;
-- Orders as their owners see them.
CREATE TABLE orders (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  id INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  client_id TEXT,
  known TEXT NOT NULL,
  PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_name ON orders (session, owner, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX orders_of_owner ON orders (session, owner, id);
CREATE INDEX orders_open ON orders (session, id) WHERE is_open;
CREATE TABLE fill (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  id INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  told TEXT NOT NULL,
  PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fills_of_owner ON fill (session, owner, id);
-- An account's money after each tick that changed it.
CREATE TABLE balance (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  account INTEGER NOT NULL,
  tick INTEGER NOT NULL,
  cash TEXT NOT NULL,
  position TEXT NOT NULL,
  PRIMARY KEY (session, account, tick)
) STRICT, WITHOUT ROWID;
-- Requests that may be sent again, and the strategies that they started; 0 of an account's reset.
CREATE TABLE request (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  owner INTEGER NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (session, owner, key)
) STRICT, WITHOUT ROWID;
