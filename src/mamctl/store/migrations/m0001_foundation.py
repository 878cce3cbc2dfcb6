"""The ground: runs, told problems, requests, standings, VIP decisions and purchases, the pending list, rules."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = """
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT CHECK (status IN ('ok', 'attention', 'partial', 'failed', 'killed')),
  exit_code INTEGER,
  summary TEXT
) STRICT;
CREATE INDEX runs_by_job ON runs (job, id);

CREATE TABLE run_problems (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT,
  remedy TEXT
) STRICT;
CREATE INDEX run_problems_by_run ON run_problems (run_id);

CREATE TABLE told (
  job TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  PRIMARY KEY (job, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  day TEXT NOT NULL,
  service TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, service)
) STRICT, WITHOUT ROWID;

CREATE TABLE standings (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  seen_at TEXT NOT NULL,
  vip_status TEXT NOT NULL,
  vip_expires_at TEXT,
  points REAL,
  ratio REAL,
  ratio_text TEXT,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  user_class TEXT,
  wedges INTEGER,
  unsatisfied_count INTEGER,
  unsatisfied_limit INTEGER
) STRICT;
CREATE INDEX standings_by_time ON standings (seen_at);

CREATE TABLE purchases (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  kind TEXT NOT NULL,
  window TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('claimed', 'confirmed', 'refused', 'not_applied')),
  claimed_at TEXT NOT NULL,
  settled_at TEXT,
  expires_before TEXT,
  expires_after TEXT,
  points_before REAL,
  points_after REAL,
  price INTEGER NOT NULL,
  ring_fence INTEGER NOT NULL,
  spent REAL,
  answer TEXT,
  -- Whatever is bought besides VIP leaves the next renewal paid for.
  CHECK (kind = 'vip' OR points_before - price >= ring_fence)
) STRICT;
-- One renewal per window, and one unsettled claim at a time, whatever overlaps.
CREATE UNIQUE INDEX purchases_once ON purchases (kind, window) WHERE state IN ('claimed', 'confirmed');
CREATE UNIQUE INDEX purchases_one_open ON purchases (kind) WHERE state = 'claimed';

CREATE TABLE vip_decisions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  decided_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('renewed', 'skipped', 'failed')),
  reason TEXT NOT NULL,
  standing_id INTEGER REFERENCES standings (id),
  purchase_id INTEGER REFERENCES purchases (id)
) STRICT;

CREATE TABLE vip_conditions (
  decision_id INTEGER NOT NULL REFERENCES vip_decisions (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  holds INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (decision_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  torrent_id INTEGER,
  added_at TEXT NOT NULL,
  auto_download INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'available_free', 'downloaded', 'failed')),
  checked_at TEXT,
  note TEXT,
  removed_at TEXT
) STRICT;

CREATE TABLE pending_matches (
  pending_id INTEGER NOT NULL REFERENCES pending (id),
  torrent_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  free INTEGER NOT NULL,
  why TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (pending_id, torrent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  main TEXT NOT NULL,
  known INTEGER NOT NULL,
  first_seen_at TEXT NOT NULL,
  gone_at TEXT
) STRICT;

-- What holds in a category from one sync on; the row in force is the newest, older ones are the history.
CREATE TABLE category_rules (
  id INTEGER PRIMARY KEY,
  category_id INTEGER NOT NULL REFERENCES categories (id),
  run_id INTEGER NOT NULL REFERENCES runs (id),
  freeleech_active INTEGER NOT NULL,
  freeleech_count INTEGER NOT NULL,
  bonus_event_active INTEGER NOT NULL,
  promotions TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX category_rules_by_category ON category_rules (category_id, id);

CREATE TABLE site_events (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('freeleech', 'bonus')),
  source TEXT NOT NULL CHECK (source IN ('person', 'site', 'page')),
  starts_at TEXT NOT NULL,
  ends_at TEXT,
  note TEXT,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE rule_texts (
  id INTEGER PRIMARY KEY,
  page TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  reader TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX rule_texts_by_page ON rule_texts (page, id);

CREATE VIEW category_rules_now AS
  SELECT c.id, c.name, c.main, r.freeleech_active, r.freeleech_count, r.bonus_event_active, r.promotions, r.updated_at
  FROM categories c JOIN category_rules r
    ON r.id = (SELECT max(id) FROM category_rules WHERE category_id = c.id)
  WHERE c.gone_at IS NULL;

CREATE VIEW vip_history AS
  SELECT d.decided_at, d.outcome, d.reason, s.vip_expires_at, s.points, p.spent, p.expires_after
  FROM vip_decisions d LEFT JOIN standings s ON s.id = d.standing_id LEFT JOIN purchases p ON p.id = d.purchase_id
  ORDER BY d.id DESC;
"""


def up(db: Database) -> None:
    """Create every table of the first version."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


def down(db: Database) -> None:
    """Drop them; children before their parents."""
    for view in ("vip_history", "category_rules_now"):
        db.execute(f"DROP VIEW {view}")
    for table in (
        "rule_texts", "site_events", "category_rules", "categories", "pending_matches", "pending", "vip_conditions",
        "vip_decisions", "purchases", "standings", "requests", "told", "run_problems", "runs",
    ):  # fmt: skip
        db.execute(f"DROP TABLE {table}")
