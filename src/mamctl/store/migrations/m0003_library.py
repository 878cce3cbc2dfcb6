"""The library: books, their files and sound, what each source says, what is agreed, and what a person has locked."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = """
CREATE TABLE library_roots (
  path TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT
) STRICT, WITHOUT ROWID;

-- `stamp` sums up the files as they were when the book was read: the same stamp means that nothing has changed.
CREATE TABLE books (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  root TEXT NOT NULL,
  stamp TEXT NOT NULL,
  duration REAL,
  size INTEGER NOT NULL,
  added_at TEXT NOT NULL,
  scanned_at TEXT NOT NULL,
  gone_at TEXT,
  run_id INTEGER REFERENCES runs (id)
) STRICT;
CREATE INDEX books_by_root ON books (root);

-- `decoded` says how far the verdict reaches: 'edges' is the first and last ten seconds.
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  links INTEGER NOT NULL,
  container TEXT,
  codec TEXT,
  bit_rate INTEGER,
  channels INTEGER,
  sample_rate INTEGER,
  duration REAL,
  header_duration REAL,
  has_cover INTEGER NOT NULL DEFAULT 0,
  sound TEXT NOT NULL CHECK (sound IN ('good', 'damaged', 'unreadable', 'unchecked')),
  detail TEXT NOT NULL DEFAULT '',
  decoded TEXT NOT NULL DEFAULT 'no' CHECK (decoded IN ('no', 'edges', 'whole')),
  checked_at TEXT,
  UNIQUE (book_id, path)
) STRICT;
CREATE INDEX files_by_path ON files (path);
CREATE INDEX files_by_inode ON files (inode);

CREATE TABLE chapters (
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  starts REAL NOT NULL,
  ends REAL NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (file_id, position)
) STRICT, WITHOUT ROWID;

-- What one source says; `value` is JSON.
CREATE TABLE observations (
  id INTEGER PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  run_id INTEGER REFERENCES runs (id),
  field TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX observations_by_book ON observations (book_id, field);

-- What a person decided, for ever: the only thing that may change a verified field.
CREATE TABLE person_edits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  book_id INTEGER NOT NULL REFERENCES books (id),
  field TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('set', 'verify', 'unverify')),
  value TEXT CHECK (value IS NULL OR json_valid(value)),
  made_at TEXT NOT NULL
) STRICT;
CREATE INDEX person_edits_by_book ON person_edits (book_id, field);

-- The value chosen for each field; `edit_id` is the person's edit that the row follows.
CREATE TABLE agreed (
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  confidence REAL NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
  edit_id INTEGER REFERENCES person_edits (id),
  changed_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  PRIMARY KEY (book_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE library_problems (
  id INTEGER PRIMARY KEY,
  book_id INTEGER REFERENCES books (id) ON DELETE CASCADE,
  root TEXT,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT,
  remedy TEXT,
  found_at TEXT NOT NULL
) STRICT;
CREATE INDEX library_problems_by_book ON library_problems (book_id);

CREATE VIEW library AS
  SELECT b.id, b.path,
    (SELECT json_extract(value, '$') FROM agreed WHERE book_id = b.id AND field = 'title') AS title,
    (SELECT group_concat(n.value, ', ') FROM agreed a, json_each(a.value) n
      WHERE a.book_id = b.id AND a.field = 'authors') AS authors,
    (SELECT group_concat(n.value, ', ') FROM agreed a, json_each(a.value) n
      WHERE a.book_id = b.id AND a.field = 'narrators') AS narrators,
    (SELECT group_concat(json_extract(n.value, '$.name')
        || coalesce(' #' || json_extract(n.value, '$.position'), ''), '; ')
      FROM agreed a, json_each(a.value) n WHERE a.book_id = b.id AND a.field = 'series') AS series,
    (SELECT json_extract(value, '$') FROM agreed WHERE book_id = b.id AND field = 'year') AS year,
    b.duration, b.size,
    (SELECT count(*) FROM files WHERE book_id = b.id) AS files,
    (SELECT count(*) FROM files WHERE book_id = b.id AND sound IN ('damaged', 'unreadable')) AS unsound,
    b.scanned_at
  FROM books b WHERE b.gone_at IS NULL;

CREATE VIEW unsound_files AS
  SELECT f.path, f.sound, f.detail, f.duration, f.header_duration, f.decoded, f.checked_at
  FROM files f JOIN books b ON b.id = f.book_id
  WHERE b.gone_at IS NULL AND f.sound IN ('damaged', 'unreadable');

-- The same title by the same people, read by the same people, more than once.
CREATE VIEW duplicate_books AS
  SELECT group_concat(id) AS book_ids, title, authors, narrators, count(*) AS copies
  FROM library WHERE title IS NOT NULL AND authors IS NOT NULL
  GROUP BY lower(title), lower(authors), lower(coalesce(narrators, '')) HAVING count(*) > 1;

-- One file that is part of two books by hard links.
CREATE VIEW shared_files AS
  SELECT f.path, o.path AS other_path, f.book_id, o.book_id AS other_book_id
  FROM files f JOIN files o ON o.inode = f.inode AND o.device = f.device AND o.book_id > f.book_id
  JOIN books b ON b.id = f.book_id JOIN books c ON c.id = o.book_id
  WHERE (f.links > 1 OR o.links > 1) AND b.gone_at IS NULL AND c.gone_at IS NULL;

CREATE VIEW evidence AS
  SELECT b.path, o.field, json_extract(o.value, '$') AS value, o.source, o.place, o.confidence, o.seen_at
  FROM observations o JOIN books b ON b.id = o.book_id ORDER BY b.path, o.field, o.confidence DESC;
"""

# A verified row changes only to follow a person's edit that is newer than the one it follows now, and only such an edit
# verifies. The guard on INSERT is what stops INSERT OR REPLACE, which fires no delete trigger.
_GUARDS = """
CREATE TRIGGER agreed_guards_update BEFORE UPDATE ON agreed
WHEN (OLD.verified = 1 OR NEW.verified = 1) AND NOT EXISTS (
  SELECT 1 FROM person_edits e WHERE e.id = NEW.edit_id AND e.id > coalesce(OLD.edit_id, 0)
    AND e.book_id = NEW.book_id AND e.field = NEW.field AND NEW.book_id = OLD.book_id AND NEW.field = OLD.field)
BEGIN SELECT RAISE(ABORT, 'the field is verified: only a person may change it'); END;

CREATE TRIGGER agreed_guards_insert BEFORE INSERT ON agreed
WHEN (NEW.verified = 1 OR EXISTS (
    SELECT 1 FROM agreed a WHERE a.book_id = NEW.book_id AND a.field = NEW.field AND a.verified = 1))
  AND NOT EXISTS (
    SELECT 1 FROM person_edits e WHERE e.id = NEW.edit_id AND e.book_id = NEW.book_id AND e.field = NEW.field
      AND e.id > coalesce((SELECT a.edit_id FROM agreed a WHERE a.book_id = NEW.book_id AND a.field = NEW.field), 0))
BEGIN SELECT RAISE(ABORT, 'the field is verified: only a person may change it'); END;

CREATE TRIGGER agreed_guards_delete BEFORE DELETE ON agreed WHEN OLD.verified = 1
BEGIN SELECT RAISE(ABORT, 'the field is verified: only a person may change it'); END;

CREATE TRIGGER person_edits_stay BEFORE UPDATE ON person_edits
BEGIN SELECT RAISE(ABORT, 'what a person decided is not rewritten'); END;

CREATE TRIGGER person_edits_remain BEFORE DELETE ON person_edits
BEGIN SELECT RAISE(ABORT, 'what a person decided is not deleted'); END;
"""


def up(db: Database) -> None:
    """Create the library's tables, views and guards."""
    for statement in (*_TABLES.split(";\n"), *_GUARDS.split(";\n\n")):
        if statement.strip():
            db.execute(statement)


def down(db: Database) -> None:
    """Drop them; views and guards first, children before their parents."""
    for name in (
        "person_edits_remain",
        "person_edits_stay",
        "agreed_guards_delete",
        "agreed_guards_insert",
        "agreed_guards_update",
    ):
        db.execute(f"DROP TRIGGER {name}")
    for name in ("evidence", "shared_files", "duplicate_books", "unsound_files", "library"):
        db.execute(f"DROP VIEW {name}")
    for name in (
        "library_problems", "agreed", "person_edits", "observations", "chapters", "files", "books", "library_roots",
    ):  # fmt: skip
        db.execute(f"DROP TABLE {name}")
