-- What the 24 migrations make of an empty database, up to m0042_spec_samples; make docs;

CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT CHECK (status IN ('ok', 'attention', 'partial', 'failed', 'killed')),
  exit_code INTEGER,
  summary TEXT
, "trigger" TEXT CHECK ("trigger" IN ('scheduled', 'by_hand'))) STRICT;

CREATE TABLE told (
  job TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL, since_at TEXT, ended_at TEXT, code TEXT, subject TEXT, message TEXT,
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
, hit_and_runs INTEGER, connectable INTEGER CHECK (connectable IN (0, 1))) STRICT;

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
, finding TEXT CHECK (finding IN ('found', 'perhaps', 'not_found')), needs_vip INTEGER, searched_at TEXT, search_form INTEGER NOT NULL DEFAULT 0 CHECK (search_form >= 0), empty_searches INTEGER NOT NULL DEFAULT 0 CHECK (empty_searches >= 0)) STRICT;

CREATE TABLE pending_matches (
  pending_id INTEGER NOT NULL REFERENCES pending (id),
  torrent_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  free INTEGER NOT NULL,
  why TEXT NOT NULL,
  seen_at TEXT NOT NULL, needs_vip INTEGER NOT NULL DEFAULT 0, sure INTEGER NOT NULL DEFAULT 1,
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

CREATE TABLE guard_transitions (
  id INTEGER PRIMARY KEY,
  follows INTEGER NOT NULL UNIQUE,
  run_id INTEGER REFERENCES runs (id),
  at TEXT NOT NULL,
  from_state TEXT NOT NULL CHECK (from_state IN ('normal', 'emergency')),
  to_state TEXT NOT NULL CHECK (to_state IN ('normal', 'emergency')),
  decided_by TEXT NOT NULL CHECK (decided_by IN ('guard', 'person')),
  reason TEXT NOT NULL,
  source TEXT,
  ratio REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  hold_until TEXT,
  hold_ratio REAL,
  announced_at TEXT,
  CHECK (from_state <> to_state)
) STRICT;

CREATE TABLE emergency_clients (
  emergency_id INTEGER NOT NULL REFERENCES guard_transitions (id),
  client TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  PRIMARY KEY (emergency_id, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  seen_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('normal', 'emergency')),
  source TEXT NOT NULL,
  ratio REAL,
  unknown_because TEXT,
  tracker_ratio REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed INTEGER,
  dlspeed INTEGER,
  active_uploads INTEGER NOT NULL,
  active_downloads INTEGER NOT NULL,
  frozen INTEGER NOT NULL,
  torrents INTEGER NOT NULL,
  flowing_left_bytes INTEGER NOT NULL,
  frozen_left_bytes INTEGER NOT NULL,
  clients INTEGER NOT NULL,
  clients_unknown INTEGER NOT NULL,
  hours_low REAL,
  hours REAL,
  hours_high REAL
) STRICT;

CREATE TABLE client_figures (
  client TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed INTEGER NOT NULL,
  dlspeed INTEGER NOT NULL,
  torrents INTEGER NOT NULL, without_record INTEGER NOT NULL DEFAULT 0, session_paused INTEGER,
  PRIMARY KEY (client, seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures_hourly (
  starts_at TEXT PRIMARY KEY,
  passes INTEGER NOT NULL,
  unknown_passes INTEGER NOT NULL,
  emergency_passes INTEGER NOT NULL,
  ratio_low REAL,
  ratio_high REAL,
  ratio_last REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed REAL,
  dlspeed REAL,
  frozen_most INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE figures_daily (
  starts_at TEXT PRIMARY KEY,
  passes INTEGER NOT NULL,
  unknown_passes INTEGER NOT NULL,
  emergency_passes INTEGER NOT NULL,
  ratio_low REAL,
  ratio_high REAL,
  ratio_last REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed REAL,
  dlspeed REAL,
  frozen_most INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paid_answers (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  asked_at TEXT NOT NULL,
  subject TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('allowed', 'blocked_ratio_emergency')),
  reason TEXT NOT NULL,
  emergency_id INTEGER REFERENCES guard_transitions (id)
) STRICT;

CREATE TABLE library_roots (
  path TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT
) STRICT, WITHOUT ROWID;

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
, mark BLOB, decoded TEXT NOT NULL DEFAULT 'no') STRICT;

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

CREATE TABLE chapters (
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  starts REAL NOT NULL,
  ends REAL NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (file_id, position)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE person_edits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  book_id INTEGER NOT NULL REFERENCES books (id),
  field TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('set', 'verify', 'unverify')),
  value TEXT CHECK (value IS NULL OR json_valid(value)),
  made_at TEXT NOT NULL
) STRICT;

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

CREATE TABLE catalogue_answers (
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  catalogue TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('match', 'ambiguous', 'none', 'unavailable')),
  chosen_by TEXT NOT NULL CHECK (chosen_by IN ('search', 'asin', 'person')),
  reason TEXT NOT NULL,
  record_id TEXT,
  region TEXT,
  title TEXT,
  score REAL,
  series TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(series)),
  rating REAL,
  ratings_count INTEGER,
  url TEXT,
  asked_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  PRIMARY KEY (book_id, catalogue)
) STRICT, WITHOUT ROWID
;

CREATE TABLE drift_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id),
  begun_at TEXT NOT NULL
) STRICT
;

CREATE TABLE drift_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  drift_run_id INTEGER NOT NULL REFERENCES drift_runs (id),
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  old TEXT CHECK (old IS NULL OR json_valid(old)),
  new TEXT NOT NULL CHECK (json_valid(new)),
  source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('safe', 'needs_person', 'protected')),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('made', 'told', 'undone')),
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  made_at TEXT NOT NULL,
  undone_at TEXT,
  CHECK (kind = 'safe' OR state = 'told'),
  CHECK ((state = 'undone') = (undone_at IS NOT NULL))
) STRICT
;

CREATE TABLE looked_at (
  book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
  looked_at TEXT NOT NULL,
  drift_run_id INTEGER REFERENCES drift_runs (id)
) STRICT
;

CREATE TABLE exports (
  path TEXT PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  written_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id)
, next_sha256 TEXT, content TEXT, size INTEGER, mtime_ns INTEGER) STRICT, WITHOUT ROWID
;

CREATE TABLE "torrent_journal" (
  id INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  emergency_id INTEGER NOT NULL REFERENCES guard_transitions (id),
  run_id INTEGER REFERENCES runs (id),
  role TEXT NOT NULL CHECK (role IN ('frozen', 'seeded', 'undecided')),
  phase TEXT NOT NULL CHECK (phase IN ('waiting', 'intended', 'done', 'reverting', 'held_back', 'reverted', 'left_alone', 'gone')),
  state_before TEXT NOT NULL,
  forced_before INTEGER NOT NULL,
  tagged_before INTEGER NOT NULL,
  reason TEXT NOT NULL,
  written_at TEXT NOT NULL,
  frozen_at TEXT,
  closed_at TEXT,
  missing_since TEXT,
  CHECK ((closed_at IS NULL) = (phase IN ('waiting', 'intended', 'done', 'reverting', 'held_back')))
) STRICT;

CREATE TABLE client_baselines (
  client TEXT PRIMARY KEY,
  fell_at TEXT NOT NULL,
  before_uploaded INTEGER NOT NULL,
  before_downloaded INTEGER NOT NULL,
  lost_uploaded INTEGER NOT NULL,
  lost_downloaded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_problems (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  last_run_id INTEGER NOT NULL REFERENCES runs (id),
  job TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT,
  remedy TEXT,
  began_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  ended_at TEXT
) STRICT
;

CREATE TABLE exchange_counts (
  day TEXT NOT NULL,
  service TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'refused', 'unreachable', 'unreadable')),
  count INTEGER NOT NULL,
  PRIMARY KEY (day, service, outcome)
) STRICT, WITHOUT ROWID
;

CREATE TABLE transcripts ( key TEXT NOT NULL, engine TEXT NOT NULL, asked_language TEXT NOT NULL, transcript TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (key, engine, asked_language)) STRICT, WITHOUT ROWID;

CREATE TABLE book_speech ( book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE, stamp TEXT NOT NULL, engine TEXT NOT NULL, heard TEXT NOT NULL CHECK (heard IN  ('credits', 'no_credits', 'other_language', 'music_or_silence', 'unusable')), verdict TEXT NOT NULL, listened_at TEXT NOT NULL, run_id INTEGER, seconds REAL) STRICT;

CREATE TABLE book_windows ( book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE, key TEXT NOT NULL, PRIMARY KEY (book_id, key)) STRICT, WITHOUT ROWID;

CREATE TABLE seen_addresses (
  id INTEGER PRIMARY KEY,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  looked_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER,
  network TEXT
) STRICT;

CREATE TABLE address_registrations (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  asked_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER,
  network TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('unknown', 'completed', 'no_change', 'too_recent', 'refused', 'not_sent')),
  code TEXT
) STRICT;

CREATE TABLE alerts ( mark TEXT PRIMARY KEY, name TEXT NOT NULL, subject TEXT, clause TEXT NOT NULL, figure ANY, threshold ANY, message TEXT NOT NULL, remedy TEXT NOT NULL, first_at TEXT NOT NULL, since_at TEXT NOT NULL, last_at TEXT NOT NULL, ended_at TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE queue_items (
  id INTEGER PRIMARY KEY,
  book_key TEXT NOT NULL,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  wanted_torrent_id INTEGER,
  pending_id INTEGER REFERENCES pending (id),
  added_at TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  replaces INTEGER UNIQUE REFERENCES queue_items (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'handed_over', 'downloading', 'complete', 'verified',
    'filed', 'settled', 'held', 'blocked_ratio_emergency', 'refused', 'failed', 'unclear')),
  since TEXT NOT NULL,
  reason TEXT NOT NULL,
  held_state TEXT,
  hold_code TEXT,
  not_before TEXT,
  run_id INTEGER REFERENCES runs (id),
  torrent_id INTEGER,
  torrent_title TEXT,
  free TEXT CHECK (free IN ('site', 'vip', 'personal')),
  paid INTEGER CHECK (paid IN (0, 1)),
  size_bytes INTEGER CHECK (size_bytes >= 0),
  ratio_after TEXT,
  claimed_at TEXT,
  wedge_sent_at TEXT,
  wedges_before INTEGER,
  wedges_after INTEGER,
  add_sent_at TEXT,
  handed_over_at TEXT,
  info_hash TEXT,
  client TEXT,
  contents TEXT,
  site_row TEXT,
  named_title TEXT,
  named_author TEXT,
  progress REAL,
  left_bytes INTEGER,
  left_since TEXT,
  gone_since TEXT,
  seeding_s REAL,
  content_path TEXT,
  emergency_id INTEGER REFERENCES guard_transitions (id),
  frozen_at TEXT,
  frozen_ratio REAL,
  folder TEXT,
  removed_at TEXT,
  CHECK ((held_state IS NOT NULL) = (state IN ('held', 'blocked_ratio_emergency'))),
  CHECK (hold_code IS NULL OR state = 'held'),
  CHECK ((frozen_at IS NOT NULL) = (state = 'blocked_ratio_emergency')),
  CHECK (state NOT IN ('claimed', 'unclear') OR (claimed_at IS NOT NULL AND paid IS NOT NULL
    AND torrent_id IS NOT NULL)),
  CHECK (state NOT IN ('handed_over', 'downloading', 'complete', 'verified', 'filed', 'settled')
    OR (info_hash IS NOT NULL AND client IS NOT NULL)),
  CHECK (state NOT IN ('filed', 'settled') OR folder IS NOT NULL)
) STRICT;

CREATE TABLE queue_history (
  id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  from_state TEXT,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE queue_verdicts (
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  torrent_id INTEGER NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('claimed', 'measured')),
  rule TEXT NOT NULL,
  place INTEGER NOT NULL,
  holds INTEGER CHECK (holds IN (0, 1)),
  found TEXT,
  wanted TEXT NOT NULL,
  detail TEXT NOT NULL,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (item_id, torrent_id, stage, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_tried (
  torrent_id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE queue_files (
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  path TEXT NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('reflink', 'hardlink', 'copy', 'written')),
  made_at TEXT NOT NULL,
  PRIMARY KEY (item_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_memory (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  until TEXT,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shelf_pushes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  field TEXT NOT NULL,
  before TEXT NOT NULL,
  sent TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('claimed', 'sent', 'not_sent', 'undone')),
  claimed_at TEXT NOT NULL,
  settled_at TEXT
) STRICT;

CREATE TABLE change_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('version', 'schema', 'config', 'point', 'rollback')),
  summary TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  outcome TEXT CHECK (outcome IN ('active', 'failed_rolled_back', 'rollback_incomplete', 'noticed')),
  reason TEXT,
  point TEXT,
  written TEXT,
  run_id INTEGER REFERENCES runs (id),
  failing_since TEXT,
  accepted_at TEXT,
  closed_at TEXT,
  CHECK ((outcome IS NULL) = (closed_at IS NULL))
) STRICT
;

CREATE TABLE change_marks (
  kind TEXT PRIMARY KEY CHECK (kind IN ('version', 'schema', 'config')),
  mark TEXT NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID
;

CREATE TABLE change_tests (
  name TEXT PRIMARY KEY,
  outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'refused', 'not_tested')),
  detail TEXT NOT NULL,
  remedy TEXT,
  tested_at TEXT NOT NULL,
  made TEXT CHECK (made IN ('passed', 'failed', 'refused')),
  counts INTEGER NOT NULL DEFAULT 0,
  change_id INTEGER REFERENCES change_log (id)
) STRICT, WITHOUT ROWID
;

CREATE TABLE change_acts (
  change_id INTEGER NOT NULL REFERENCES change_log (id),
  part TEXT NOT NULL CHECK (part IN ('database', 'config', 'sidecars', 'client')),
  subject TEXT NOT NULL,
  aspect TEXT NOT NULL,
  before TEXT,
  after TEXT,
  done_at TEXT,
  reason TEXT,
  PRIMARY KEY (change_id, part, subject, aspect)
) STRICT, WITHOUT ROWID
;

CREATE TABLE clause_refusals (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  at TEXT NOT NULL,
  act TEXT NOT NULL,
  clause TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT
;

CREATE TABLE site_requests (
  day TEXT NOT NULL,
  path TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, path)
) STRICT, WITHOUT ROWID
;

CREATE TABLE shelf_values (
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  item_id TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  seen_at TEXT NOT NULL,
  PRIMARY KEY (book_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE compared_books (
  book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
  state BLOB NOT NULL,
  words TEXT NOT NULL CHECK (json_valid(words))
) STRICT
;

CREATE TABLE spec_samples (
  code TEXT PRIMARY KEY,
  misread TEXT NOT NULL CHECK (json_valid(misread))
) STRICT
;

CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE INDEX runs_by_job ON runs (job, id);

CREATE INDEX standings_by_time ON standings (seen_at);

CREATE UNIQUE INDEX purchases_once ON purchases (kind, window) WHERE state IN ('claimed', 'confirmed');

CREATE UNIQUE INDEX purchases_one_open ON purchases (kind) WHERE state = 'claimed';

CREATE INDEX category_rules_by_category ON category_rules (category_id, id);

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

CREATE INDEX figures_by_time ON figures (seen_at);

CREATE VIEW guard_now AS
  SELECT to_state AS state, at AS since, reason, decided_by, ratio, hold_until
  FROM guard_transitions ORDER BY id DESC LIMIT 1;

CREATE VIEW ratio_history AS
  SELECT starts_at AS at, 'day' AS grain, ratio_last AS ratio, uploaded_bytes, downloaded_bytes FROM figures_daily
  UNION ALL
  SELECT starts_at, 'hour', ratio_last, uploaded_bytes, downloaded_bytes FROM figures_hourly
  UNION ALL
  SELECT seen_at, 'pass', ratio, uploaded_bytes, downloaded_bytes FROM figures
  ORDER BY 1;

CREATE INDEX books_by_root ON books (root);

CREATE INDEX files_by_path ON files (path);

CREATE INDEX files_by_inode ON files (inode);

CREATE INDEX observations_by_book ON observations (book_id, field);

CREATE INDEX person_edits_by_book ON person_edits (book_id, field);

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

CREATE VIEW duplicate_books AS
  SELECT group_concat(id) AS book_ids, title, authors, narrators, count(*) AS copies
  FROM library WHERE title IS NOT NULL AND authors IS NOT NULL
  GROUP BY lower(title), lower(authors), lower(coalesce(narrators, '')) HAVING count(*) > 1;

CREATE VIEW shared_files AS
  SELECT f.path, o.path AS other_path, f.book_id, o.book_id AS other_book_id
  FROM files f JOIN files o ON o.inode = f.inode AND o.device = f.device AND o.book_id > f.book_id
  JOIN books b ON b.id = f.book_id JOIN books c ON c.id = o.book_id
  WHERE (f.links > 1 OR o.links > 1) AND b.gone_at IS NULL AND c.gone_at IS NULL;

CREATE VIEW evidence AS
  SELECT b.path, o.field, json_extract(o.value, '$') AS value, o.source, o.place, o.confidence, o.seen_at
  FROM observations o JOIN books b ON b.id = o.book_id ORDER BY b.path, o.field, o.confidence DESC;

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

CREATE VIEW enrichment AS
  SELECT l.id, l.path, l.title, l.authors, l.narrators,
    (SELECT group_concat(catalogue || ':' || record_id, ' ') FROM catalogue_answers
      WHERE book_id = l.id AND outcome = 'match') AS records,
    (SELECT group_concat(catalogue || ': ' || reason, '; ') FROM catalogue_answers
      WHERE book_id = l.id AND outcome <> 'match') AS without,
    (SELECT max(asked_at) FROM catalogue_answers WHERE book_id = l.id) AS asked_at
  FROM library l;

CREATE INDEX drift_changes_by_book ON drift_changes (book_id, field);

CREATE INDEX drift_changes_by_run ON drift_changes (drift_run_id);

CREATE VIEW drift AS
  SELECT c.id, c.drift_run_id, l.title, c.field, json_extract(c.old, '$') AS old, json_extract(c.new, '$') AS new,
    c.source, c.kind, c.state, c.reason, c.made_at, c.undone_at
  FROM drift_changes c JOIN library l ON l.id = c.book_id ORDER BY c.id DESC;

CREATE UNIQUE INDEX torrent_journal_open ON torrent_journal (client, hash) WHERE closed_at IS NULL;

CREATE INDEX torrent_journal_by_emergency ON torrent_journal (emergency_id, client, phase);

CREATE VIEW frozen_now AS
  SELECT client, hash, name, state_before, frozen_at
  FROM torrent_journal WHERE role = 'frozen' AND closed_at IS NULL;

CREATE INDEX run_problems_by_run ON run_problems (run_id);

CREATE INDEX run_problems_by_last_run ON run_problems (last_run_id);

CREATE INDEX run_problems_by_job ON run_problems (job, ended_at);

CREATE INDEX runs_scheduled ON runs (job, id) WHERE "trigger" = 'scheduled';

CREATE INDEX book_windows_key ON book_windows (key);

CREATE UNIQUE INDEX queue_items_one_per_book ON queue_items (book_key)
  WHERE removed_at IS NULL AND state NOT IN ('refused', 'failed');

CREATE UNIQUE INDEX queue_items_one_per_torrent ON queue_items (torrent_id)
  WHERE removed_at IS NULL AND torrent_id IS NOT NULL;

CREATE UNIQUE INDEX queue_items_one_per_hash ON queue_items (info_hash)
  WHERE removed_at IS NULL AND info_hash IS NOT NULL;

CREATE INDEX queue_items_by_state ON queue_items (state) WHERE removed_at IS NULL;

CREATE INDEX queue_history_by_item ON queue_history (item_id);

CREATE INDEX queue_history_by_state ON queue_history (to_state, at);

CREATE TRIGGER queue_history_begins AFTER INSERT ON queue_items BEGIN
  INSERT INTO queue_history (item_id, at, run_id, from_state, to_state, reason)
  VALUES (NEW.id, NEW.since, NEW.run_id, NULL, NEW.state, NEW.reason);
END;

CREATE TRIGGER queue_history_goes_on AFTER UPDATE OF state ON queue_items WHEN NEW.state <> OLD.state BEGIN
  INSERT INTO queue_history (item_id, at, run_id, from_state, to_state, reason)
  VALUES (NEW.id, NEW.since, NEW.run_id, OLD.state, NEW.state, NEW.reason);
END;

CREATE TRIGGER queue_freeze AFTER INSERT ON guard_transitions WHEN NEW.to_state = 'emergency' BEGIN
  UPDATE queue_items SET held_state = state, hold_code = NULL, state = 'blocked_ratio_emergency', since = NEW.at,
    frozen_at = NEW.at, frozen_ratio = NEW.ratio, emergency_id = NEW.id, run_id = NEW.run_id, reason = NEW.reason
  WHERE paid = 1 AND removed_at IS NULL AND state IN ('waiting', 'handed_over', 'downloading');
END;

CREATE TRIGGER queue_thaw AFTER INSERT ON guard_transitions WHEN NEW.to_state = 'normal' BEGIN
  UPDATE queue_items SET state = held_state, held_state = NULL, since = NEW.at, frozen_at = NULL, run_id = NEW.run_id,
    reason = NEW.reason
  WHERE state = 'blocked_ratio_emergency';
END;

CREATE INDEX shelf_pushes_by_book ON shelf_pushes (book_id, field, id);

CREATE INDEX change_log_failing ON change_log (id) WHERE failing_since IS NOT NULL AND accepted_at IS NULL;

CREATE VIEW changes AS
  SELECT id, at, kind, summary, outcome, reason, point, accepted_at FROM change_log ORDER BY id DESC;

CREATE INDEX clause_refusals_by_time ON clause_refusals (at);

CREATE INDEX library_problems_by_code ON library_problems (code);

