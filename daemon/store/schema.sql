-- The tables of hoeringd. They are behind the views (views.sql), which are the interface: change them freely with user_version.
-- Times are seconds since 1970 UTC, NULL when unknown; a local clock is stored as text because SQLite knows no time zones.
-- What is not known is NULL, never ''.

PRAGMA application_id = 0x486f6572;
PRAGMA user_version = 6;

-- Names of the numbers that the programs' enumerations store: filled by store_open() from the program itself.
CREATE TABLE name (
	of     TEXT NOT NULL CHECK (of IN ('kind', 'relation', 'position', 'text status', 'zone')),
	number INTEGER NOT NULL,
	name   TEXT NOT NULL,
	PRIMARY KEY (of, number)
) STRICT, WITHOUT ROWID;

-- ---- the journal and its projection ----------------------------------------------------------------------------------

-- Append-only and without gaps, also against INSERT OR REPLACE.
CREATE TABLE event (
	id     INTEGER PRIMARY KEY,	-- the journal's seq
	at     INTEGER NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash   TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE TRIGGER event_is_next BEFORE INSERT ON event WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'events are append-only, without gaps'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE INDEX event_object ON event (object);

-- One distinct original.
CREATE TABLE submission (
	id       INTEGER PRIMARY KEY,
	sha256   TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
	bytes    INTEGER NOT NULL CHECK (bytes >= 0),
	-- The earliest copy: by time of receipt, then mailbox, then UID.
	received         INTEGER,
	received_mailbox TEXT NOT NULL,
	received_uid     INTEGER NOT NULL,
	received_local   TEXT,
	-- Where it is in the straight line.
	state    TEXT NOT NULL DEFAULT 'archived' CHECK (state IN ('archived', 'filed')),
	unparsed INTEGER NOT NULL DEFAULT 1 CHECK (unparsed IN (0, 1, 2)),	-- 2: filed before, waits to be parsed again
	tries    INTEGER NOT NULL DEFAULT 0,
	scanned  INTEGER NOT NULL DEFAULT 0 CHECK (scanned IN (0, 1, 2)),	-- 1: waits for the pass with OCR; 2: has had it
	unjudged INTEGER NOT NULL DEFAULT 0 CHECK (unjudged IN (0, 1, 2)),	-- 2: by itself; 1: only its family
	-- What its envelope says.
	message_id   TEXT,
	subject      TEXT,
	from_name    TEXT,
	from_address TEXT,
	sent         INTEGER,
	relayed      INTEGER
) STRICT;
CREATE INDEX submission_unparsed ON submission (id) WHERE unparsed = 1;
CREATE INDEX submission_unparsed_again ON submission (id) WHERE unparsed = 2;
CREATE INDEX submission_scanned ON submission (id) WHERE scanned = 1;
CREATE INDEX submission_unjudged ON submission (id) WHERE unjudged > 0 AND unparsed = 0;

-- One mail in one mailbox.
CREATE TABLE copy (
	mailbox     TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uid         INTEGER NOT NULL,
	submission  INTEGER NOT NULL REFERENCES submission,
	received    INTEGER,
	known_as    TEXT,	-- of a maildir or an import: what stands for the UID there
	state       TEXT NOT NULL DEFAULT 'archived' CHECK (state IN ('archived', 'filed', 'settled', 'gone from server')),
	settled_how TEXT,
	event       INTEGER NOT NULL REFERENCES event,
	PRIMARY KEY (mailbox, uidvalidity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX copy_of ON copy (submission);
CREATE INDEX copy_known_as ON copy (mailbox, uidvalidity, known_as) WHERE known_as IS NOT NULL;
CREATE INDEX copy_to_settle ON copy (mailbox, uidvalidity, uid) WHERE state = 'filed';

CREATE TABLE excluded (
	mailbox     TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uid         INTEGER NOT NULL,
	reason      TEXT NOT NULL,
	event       INTEGER NOT NULL REFERENCES event,
	PRIMARY KEY (mailbox, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- What the server showed and is neither a copy nor excluded yet: exactly what is missing.
CREATE TABLE shown (
	mailbox     TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uid         INTEGER NOT NULL,
	PRIMARY KEY (mailbox, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- What an operator decided last; all of them are in event.
CREATE TABLE decision (
	submission INTEGER NOT NULL REFERENCES submission,
	about      TEXT NOT NULL CHECK (about IN ('kind', 'refile', 'relate', 'responder')),
	number     INTEGER,	-- enum mail_kind, enum relation; responder: 1 joined, 0 split
	value      TEXT,	-- consultation
	other      INTEGER REFERENCES submission,
	event      INTEGER NOT NULL REFERENCES event,
	PRIMARY KEY (submission, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_responder ON decision (submission) WHERE about = 'responder';
CREATE INDEX decision_other ON decision (other) WHERE other IS NOT NULL;

-- What was erased: its row of submission stays, and its verdict without names. content is a keyed digest (daemon/erase.h).
CREATE TABLE tombstone (
	submission INTEGER PRIMARY KEY REFERENCES submission,
	content    TEXT,
	event      INTEGER NOT NULL REFERENCES event,
	scrubbed   INTEGER NOT NULL CHECK (scrubbed IN (0, 1))	-- 0: the files may hold traces of it
) STRICT;
CREATE INDEX tombstone_content ON tombstone (content);

-- ---- what parsing gave -----------------------------------------------------------------------------------------------

CREATE TABLE records (
	submission INTEGER PRIMARY KEY REFERENCES submission,
	parser     INTEGER NOT NULL,	-- version of its rules
	failure    TEXT,		-- why they are incomplete
	records    BLOB NOT NULL	-- wire.h, without the text, which is in search
) STRICT;

CREATE TABLE attachment (
	submission  INTEGER NOT NULL REFERENCES submission,
	position    INTEGER NOT NULL,
	parent      INTEGER NOT NULL,
	inline      INTEGER NOT NULL CHECK (inline IN (0, 1)),
	filename    TEXT,
	type        TEXT,
	found_type  TEXT,
	bytes       INTEGER NOT NULL,
	sha256      TEXT NOT NULL,
	text_status INTEGER NOT NULL,
	pages       INTEGER,
	title       TEXT,
	author      TEXT,
	created     INTEGER,
	PRIMARY KEY (submission, position)
) STRICT, WITHOUT ROWID;

-- What kinship is judged on, beside the records so that a family is read without reading them all.
CREATE TABLE digest (
	submission INTEGER NOT NULL REFERENCES submission,
	kind       INTEGER NOT NULL,	-- enum digest_kind
	words      INTEGER NOT NULL,
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
	PRIMARY KEY (submission, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE minhash (
	submission INTEGER PRIMARY KEY REFERENCES submission,
	words      INTEGER NOT NULL,
	slots      BLOB NOT NULL	-- little-endian
) STRICT;

CREATE VIRTUAL TABLE search USING fts5(subject, organisation, text, tokenize = "unicode61 remove_diacritics 0");

-- ---- what judging gave -----------------------------------------------------------------------------------------------

CREATE TABLE verdict (
	submission      INTEGER PRIMARY KEY REFERENCES submission,
	judge           INTEGER NOT NULL,	-- version of its rules
	-- Phase one: by itself.
	kind             INTEGER NOT NULL,
	automatic_why    TEXT,
	own_consultation TEXT,
	own_score        INTEGER NOT NULL,
	responder        TEXT,
	responder_key    TEXT,
	responder_class  TEXT,
	orgnr            TEXT,
	signers          TEXT,	-- who answers together, by key
	invited          TEXT,
	contact          TEXT,
	address          TEXT,
	position         INTEGER NOT NULL,
	language         TEXT,
	kin_message_id   TEXT,
	kin_thread       TEXT,
	kin_sender       TEXT,
	is_forward       INTEGER NOT NULL,
	says_resend      INTEGER NOT NULL,
	says_revision    INTEGER NOT NULL,
	says_supplement  INTEGER NOT NULL,
	says_withdrawal  INTEGER NOT NULL,
	-- Phase two: in its family.
	consultation     TEXT,
	no_consultation  INTEGER NOT NULL DEFAULT 0 CHECK (no_consultation IN (0, 1)),	-- it belongs to none: a person says so
	relation         INTEGER NOT NULL DEFAULT 0,
	related_to       INTEGER REFERENCES submission,
	relation_rule    TEXT,
	counts           INTEGER NOT NULL DEFAULT 0 CHECK (counts IN (0, 1)),
	head             INTEGER REFERENCES submission,
	version          INTEGER NOT NULL DEFAULT 0,
	first_received   INTEGER,
	deadline_verdict TEXT CHECK (deadline_verdict IN ('on time', 'late', 'unknown')),
	seconds_late     INTEGER
) STRICT;
CREATE INDEX verdict_consultation ON verdict (consultation, invited);
CREATE INDEX verdict_adopted ON verdict (consultation, responder) WHERE own_consultation IS NOT consultation;
CREATE INDEX verdict_counts ON verdict (submission) WHERE counts = 1;
CREATE INDEX verdict_head ON verdict (head) WHERE head IS NOT NULL;
CREATE INDEX verdict_related_to ON verdict (related_to) WHERE related_to IS NOT NULL;

-- Who answers by the rules alone; verdict has what operators have made of it (join, split).
CREATE TABLE responder (
	submission INTEGER PRIMARY KEY REFERENCES submission,
	key        TEXT NOT NULL,
	name       TEXT,
	class      TEXT,
	orgnr      TEXT
) STRICT;
CREATE INDEX responder_key ON responder (key);

CREATE TABLE evidence (
	submission INTEGER NOT NULL REFERENCES submission,
	n          INTEGER NOT NULL,
	verdict    TEXT NOT NULL,
	value      TEXT,
	rule       TEXT NOT NULL,
	version    INTEGER NOT NULL,
	weight     INTEGER NOT NULL,
	zone       INTEGER NOT NULL,
	part       INTEGER NOT NULL,
	page       INTEGER NOT NULL,
	offset     INTEGER NOT NULL,
	input      TEXT,
	PRIMARY KEY (submission, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_joint ON evidence (value) WHERE rule = 'joint-answer';	-- view unanswered
CREATE INDEX evidence_own_letter ON evidence (submission) WHERE rule = 'own-letter';
CREATE INDEX evidence_joint_of ON evidence (submission) WHERE rule = 'joint-answer';	-- view signatories

CREATE TABLE reason (
	submission INTEGER NOT NULL REFERENCES submission,
	phase      INTEGER NOT NULL CHECK (phase IN (1, 2)),
	n          INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	detail     TEXT,
	candidates TEXT,
	PRIMARY KEY (submission, phase, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
	submission   INTEGER NOT NULL REFERENCES submission,
	n            INTEGER NOT NULL,
	name         TEXT,
	email        TEXT,
	organisation TEXT,
	speaker      INTEGER NOT NULL CHECK (speaker IN (0, 1)),
	verdict      TEXT NOT NULL,	-- 'leaves': does not come, says this mail
	left_by      INTEGER REFERENCES submission,	-- what says that this one does not come after all, or takes the sign-up's place
	PRIMARY KEY (submission, n)
) STRICT, WITHOUT ROWID;

-- Who may be kin: those that share a key. A key that was lost by judging again joins until its family has been judged.
CREATE TABLE kin_key (
	submission INTEGER NOT NULL REFERENCES submission,
	key        TEXT NOT NULL,
	former     INTEGER NOT NULL DEFAULT 0 CHECK (former IN (0, 1)),
	PRIMARY KEY (submission, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kin_key_key ON kin_key (key, submission);

-- ---- form letters: daemon/judge/campaign.h says what they are --------------------------------------------------------

-- The sentences of a message: hashes, place in the text of `search`, words (store_sentences.c).
CREATE TABLE sentences (
	submission INTEGER PRIMARY KEY REFERENCES submission,
	sentences  BLOB NOT NULL
) STRICT;

-- Those of a consultation's own letters: who repeats them writes no form letter.
CREATE TABLE own_sentence (
	consultation TEXT NOT NULL,
	hash         INTEGER NOT NULL,
	submission   INTEGER NOT NULL REFERENCES submission,
	PRIMARY KEY (consultation, hash, submission)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_sentence_of ON own_sentence (submission);

-- What letters of a consultation say, one row for all that say the same, and the text it follows: itself when there is none before it.
CREATE TABLE campaign_text (
	id           INTEGER PRIMARY KEY,
	consultation TEXT NOT NULL,
	digest       INTEGER NOT NULL,
	responders   INTEGER NOT NULL,			-- that make a campaign of it
	copies       INTEGER NOT NULL,
	first        INTEGER REFERENCES submission,	-- received first of them
	class        INTEGER NOT NULL,			-- its rank: this, then the order of receipt of `first`
	received     INTEGER,
	waits        INTEGER NOT NULL CHECK (waits IN (0, 1)),
	-- As it was placed last.
	leader       INTEGER,
	keys         BLOB,				-- those of campaign_key, to take them away again
	placed_class INTEGER,
	UNIQUE (consultation, digest)
) STRICT;
CREATE INDEX campaign_text_leader ON campaign_text (leader);
CREATE INDEX campaign_text_waits ON campaign_text (class, received, id) WHERE waits = 1;

-- Like texts share keys. Leaders and followers apart, so that a text is held against a few leaders, not thousands of followers.
CREATE TABLE campaign_key (
	key     INTEGER NOT NULL,
	follows INTEGER NOT NULL CHECK (follows IN (0, 1)),
	class   INTEGER NOT NULL,
	text    INTEGER NOT NULL,
	PRIMARY KEY (key, follows, class, text)
) STRICT, WITHOUT ROWID;

-- Each answer that counts and says something.
CREATE TABLE campaign_letter (
	submission  INTEGER PRIMARY KEY REFERENCES submission,
	text        INTEGER NOT NULL REFERENCES campaign_text,
	received    INTEGER,		-- with mailbox and uid: its place in the order of receipt
	mailbox     TEXT NOT NULL,
	uid         INTEGER NOT NULL,
	leader      INTEGER,		-- that of its text
	added_words INTEGER,		-- of a member of a campaign
	added_text  TEXT
) STRICT;
CREATE INDEX campaign_letter_text ON campaign_letter (text, received, mailbox, uid);
CREATE INDEX campaign_letter_member ON campaign_letter (leader);	-- by submission, which SQLite appends
CREATE INDEX campaign_letter_leader ON campaign_letter (leader, received, mailbox, uid);

-- Submissions whose place may have changed.
CREATE TABLE campaign_waiting (submission INTEGER PRIMARY KEY REFERENCES submission) STRICT;

-- A leader with followers enough: a form letter. The template is its first member by receipt, `first` the first few.
CREATE TABLE campaign (
	leader       INTEGER PRIMARY KEY REFERENCES campaign_text,
	consultation TEXT NOT NULL,
	template     INTEGER NOT NULL REFERENCES submission,
	first        BLOB NOT NULL,
	told         INTEGER	-- the last of its members that was told what it adds to these; NULL: all were
) STRICT;
CREATE INDEX campaign_told ON campaign (leader) WHERE told IS NOT NULL;

-- ---- configuration and health ----------------------------------------------------------------------------------------

-- What leaves the configuration stays readable, with configured = 0.
CREATE TABLE consultation (
	id          TEXT PRIMARY KEY,
	title       TEXT NOT NULL,
	case_ref    TEXT,
	opened      TEXT,
	deadline    TEXT,
	deadline_at INTEGER,	-- the first second that is late
	mailboxes   TEXT NOT NULL,
	max_persons INTEGER NOT NULL DEFAULT 0,	-- of one organisation at its meeting; 0: any number
	configured  INTEGER NOT NULL DEFAULT 1 CHECK (configured IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE invited (
	consultation TEXT NOT NULL REFERENCES consultation,
	n            INTEGER NOT NULL,
	organisation TEXT NOT NULL,
	address      TEXT,
	PRIMARY KEY (consultation, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
	name         TEXT PRIMARY KEY,
	address      TEXT,
	source       TEXT,	-- user, server and folder that were read to the end
	configured   INTEGER NOT NULL DEFAULT 0 CHECK (configured IN (0, 1)),
	state        TEXT,
	last_success INTEGER,
	last_error   TEXT,
	next_attempt INTEGER,
	lag_s        INTEGER
) STRICT, WITHOUT ROWID;

-- What the server told at the end of the last complete round.
CREATE TABLE round (
	mailbox     TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	present     INTEGER,	-- messages in the mailbox
	checked     INTEGER,
	PRIMARY KEY (mailbox, uidvalidity)
) STRICT, WITHOUT ROWID;

-- One row: the configuration these tables follow, and the zone of the stored local clocks.
CREATE TABLE setting (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	digest   TEXT NOT NULL,
	timezone TEXT NOT NULL
) STRICT;
