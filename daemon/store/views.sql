-- The interface: hoeringd-schema(7). Columns of the contract first and in its order; more may follow them.
-- Nothing here needs more than the stock shell, also with PRAGMA trusted_schema = OFF.

CREATE VIEW submissions (id, sha256, message_id, kind, consultation, responder, from_name, from_address, subject, received_at,
	relation, related_to, counts, received_local, sent_at, relayed_at, bytes, state) AS
SELECT s.id, s.sha256, s.message_id, (SELECT name FROM name WHERE of = 'kind' AND number = v.kind),
	v.consultation, v.responder, s.from_name, s.from_address, s.subject, strftime('%Y-%m-%dT%H:%M:%SZ', s.received, 'unixepoch'),
	(SELECT name FROM name WHERE of = 'relation' AND number = v.relation), v.related_to, coalesce(v.counts, 0),
	s.received_local, strftime('%Y-%m-%dT%H:%M:%SZ', s.sent, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%SZ', s.relayed, 'unixepoch'),
	s.bytes, iif(EXISTS (SELECT 1 FROM tombstone WHERE submission = s.id), 'erased', s.state)
FROM submission s LEFT JOIN verdict v ON v.submission = s.id;

CREATE VIEW copies (submission, mailbox, uidvalidity, uid, internal_date, state) AS
SELECT submission, mailbox, uidvalidity, uid, strftime('%Y-%m-%dT%H:%M:%SZ', received, 'unixepoch'), state FROM copy;

CREATE VIEW consultations (id, title, case_ref, opened, deadline, mailboxes, deadline_at, configured) AS
SELECT id, title, case_ref, opened, deadline, mailboxes, strftime('%Y-%m-%dT%H:%M:%SZ', deadline_at, 'unixepoch'), configured
FROM consultation;

CREATE VIEW attachments (submission, position, parent, inline, filename, type, bytes, sha256, text_status, pages, title, author,
	created, found_type) AS
SELECT submission, position, parent, inline, filename, type, bytes, sha256,
	(SELECT name FROM name WHERE of = 'text status' AND number = text_status), pages, title, author,
	strftime('%Y-%m-%dT%H:%M:%SZ', created, 'unixepoch'), found_type
FROM attachment;

-- A mail without a consultation that found one through a sure relative needs nobody to look for it any more, and neither does one that belongs
-- to none.
-- `since`: when the mail was received, so that a database built again says the same.
CREATE VIEW review (submission, reason, detail, candidates, since) AS
SELECT r.submission, r.reason, r.detail, r.candidates, strftime('%Y-%m-%dT%H:%M:%SZ', s.received, 'unixepoch')
FROM reason r JOIN submission s ON s.id = r.submission JOIN verdict v ON v.submission = r.submission
WHERE NOT (r.reason IN ('no-consultation', 'ambiguous-consultation')
	AND v.own_consultation IS NULL AND (v.consultation IS NOT NULL OR v.no_consultation));

-- `copies`: a server that gives its mails another UIDVALIDITY shows again what it has shown before; the copy that went with the old one is the
-- same mail. (0 is that of imports.)
CREATE VIEW responses (id, consultation, case_ref, organisation, orgnr, responder_class, contact, address, subject, received_at,
	received_local, first_received_at, deadline_verdict, position, language, version, campaign, copies, attachments, review, together_with) AS
SELECT v.submission, v.consultation, (SELECT case_ref FROM consultation WHERE id = v.consultation),
	v.responder, v.orgnr, v.responder_class, v.contact, v.address, s.subject,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.received, 'unixepoch'), s.received_local,
	strftime('%Y-%m-%dT%H:%M:%SZ', v.first_received, 'unixepoch'), v.deadline_verdict,
	(SELECT name FROM name WHERE of = 'position' AND number = v.position), v.language, v.version,
	(SELECT c.template FROM campaign_letter l JOIN campaign c ON c.leader = l.leader WHERE l.submission = v.submission),
	(SELECT count(*) FROM verdict behind JOIN copy c ON c.submission = behind.submission WHERE behind.head = v.submission
		AND NOT (c.state = 'gone from server' AND EXISTS (SELECT 1 FROM copy again WHERE again.submission = c.submission
			AND again.mailbox = c.mailbox AND again.uidvalidity NOT IN (0, c.uidvalidity) AND again.event > c.event))),
	(SELECT count(*) FROM attachment WHERE submission = v.submission AND inline = 0),
	(SELECT group_concat(reason) FROM (SELECT DISTINCT reason FROM review WHERE submission = v.submission ORDER BY reason)),
	(SELECT group_concat(value, '; ') FROM (SELECT DISTINCT value FROM evidence
		WHERE submission = v.submission AND rule = 'joint-answer' ORDER BY value))
FROM verdict v JOIN submission s ON s.id = v.submission
WHERE v.counts = 1;

-- Each version of an answer, and how long it stood: a revision takes its predecessor's place, a withdrawal ends it and what supplements it. What is
-- of an unknown time has always stood. `root`: the first version, from which all others of the answer are reached by related_to.
CREATE VIEW versions (submission, answer, consultation, organisation, relation, version, valid_from, valid_until, ended_by,
	valid_from_local, valid_until_local) AS
WITH part AS (
	SELECT v.submission, v.consultation, v.responder, v.relation, s.received, s.received_local,
		(WITH RECURSIVE before (id) AS (SELECT v.submission UNION SELECT b.related_to FROM before JOIN verdict b ON b.submission = before.id
			WHERE b.relation IN (4, 5)) SELECT b.submission FROM before JOIN verdict b ON b.submission = before.id WHERE b.relation NOT IN (4, 5)) AS root,
		(WITH RECURSIVE before (id) AS (SELECT v.submission UNION SELECT b.related_to FROM before JOIN verdict b ON b.submission = before.id
			WHERE b.relation IN (4, 5)) SELECT 1 + sum(b.relation = 4) FROM before JOIN verdict b ON b.submission = before.id) AS version,
		iif(v.relation = 5,
			(WITH RECURSIVE beside (id) AS (SELECT v.related_to UNION SELECT r.submission FROM beside JOIN verdict r ON r.related_to = beside.id
				WHERE r.relation = 4) SELECT e.submission FROM beside JOIN verdict e ON e.related_to = beside.id JOIN submission es ON es.id = e.submission
				WHERE e.relation = 6 AND coalesce(es.received >= s.received, 1) ORDER BY es.received, e.submission LIMIT 1),
			(SELECT e.submission FROM verdict e JOIN submission es ON es.id = e.submission
				WHERE e.related_to = v.submission AND e.relation IN (4, 6) ORDER BY es.received, e.submission LIMIT 1)) AS ended_by
	FROM verdict v JOIN submission s ON s.id = v.submission WHERE v.relation IN (4, 5) OR v.kind = 0 AND v.relation = 0)
SELECT part.submission, part.root, part.consultation, part.responder, (SELECT name FROM name WHERE of = 'relation' AND number = part.relation),
	part.version, strftime('%Y-%m-%dT%H:%M:%SZ', part.received, 'unixepoch'),
	strftime('%Y-%m-%dT%H:%M:%SZ', iif(coalesce(e.received, 0) < part.received AND e.id IS NOT NULL, part.received, e.received), 'unixepoch'), part.ended_by,
	part.received_local, iif(coalesce(e.received, 0) < part.received AND e.id IS NOT NULL, part.received_local, e.received_local)
FROM part LEFT JOIN submission e ON e.id = part.ended_by
WHERE (SELECT kind FROM verdict WHERE submission = part.root) = 0;

-- Each organisation, or person, that stands behind an answer that counts: who answers, and who has signed it together with that one.
CREATE VIEW signatories (submission, consultation, organisation, together, invited) AS
WITH signed AS (
	SELECT v.submission, v.consultation, v.responder AS organisation,
		EXISTS (SELECT 1 FROM evidence WHERE submission = v.submission AND rule = 'joint-answer') AS together FROM verdict v WHERE v.counts = 1
	UNION SELECT v.submission, v.consultation, e.value, 1 FROM verdict v JOIN evidence e ON e.submission = v.submission
	WHERE v.counts = 1 AND e.rule = 'joint-answer')
SELECT submission, consultation, organisation, together, EXISTS (SELECT 1 FROM invited i
	WHERE i.consultation = signed.consultation AND i.organisation = signed.organisation)
FROM signed;

-- An invited organisation has answered when anything of its own, or that it has signed with others, stands behind an answer that counts. To decline to give
-- a statement is an answer too. What took its consultation from a sure relative was never held against this consultation's
-- list; it is known by name.
CREATE VIEW unanswered (consultation, organisation, address) AS
SELECT i.consultation, i.organisation, i.address FROM invited i
WHERE NOT EXISTS (SELECT 1 FROM verdict v
	WHERE v.consultation = i.consultation AND v.invited = i.organisation AND v.head IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM verdict v
	WHERE v.consultation = i.consultation AND v.own_consultation IS NOT v.consultation AND v.responder = i.organisation AND v.head IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM evidence e JOIN verdict v ON v.submission = e.submission
	WHERE e.value = i.organisation AND e.rule = 'joint-answer' AND v.consultation = i.consultation AND v.head IS NOT NULL);

-- A second is late, so it is never shown as no hours.
CREATE VIEW late (id, consultation, case_ref, organisation, orgnr, responder_class, contact, address, subject, received_at,
	received_local, first_received_at, deadline_verdict, position, language, version, campaign, copies, attachments, review,
	together_with, hours_late) AS
SELECT r.*, max(round(v.seconds_late / 3600.0, 2), 0.01)
FROM responses r JOIN verdict v ON v.submission = r.id WHERE r.deadline_verdict = 'late';

-- A person is signed up once: by the first mail of its like, until a later one takes its place or strikes this person off; who is named
-- again by the same organisation is the same person. The places of an organisation go to its persons in the order of receipt, whichever mail names them.
CREATE VIEW registrations (submission, consultation, organisation, person, email, speaker, received_at, verdict, received_local) AS
WITH
named AS (SELECT p.submission, p.n, v.consultation, p.organisation, p.name, p.email, p.speaker, p.verdict,
	s.received, s.received_mailbox AS mailbox, s.received_uid AS uid, s.received_local, c.max_persons AS most,
	coalesce(v.consultation, 'submission ' || p.submission) AS meeting,
	coalesce(CASE WHEN p.organisation IS v.responder THEN v.responder_key END, lower(p.organisation), 'submission ' || p.submission) AS house
	FROM person p JOIN verdict v ON v.submission = p.submission JOIN submission s ON s.id = p.submission
	LEFT JOIN consultation c ON c.id = v.consultation
	WHERE v.relation NOT IN (SELECT number FROM name WHERE of = 'relation' AND name IN ('copy', 'resend', 'forward'))
		AND p.left_by IS NULL AND p.verdict <> 'leaves'),
told AS (SELECT *, row_number() OVER (same ORDER BY received, mailbox, uid, n) AS nth, max(speaker) OVER same AS speaks
	FROM named WINDOW same AS (PARTITION BY meeting, house, lower(name), lower(email))),
placed AS (SELECT *, count(*) FILTER (WHERE verdict <> 'late') OVER (PARTITION BY meeting, house
	ORDER BY received, mailbox, uid, n ROWS UNBOUNDED PRECEDING) AS place FROM told WHERE nth = 1)
SELECT submission, consultation, organisation, name, email, speaks, strftime('%Y-%m-%dT%H:%M:%SZ', received, 'unixepoch'),
	CASE WHEN verdict NOT IN ('ok', 'over limit') THEN verdict WHEN most > 0 AND place > most THEN 'over limit' ELSE 'ok' END, received_local
FROM placed;

CREATE VIEW campaigns (consultation, id, members, template_submission, first, last) AS
SELECT c.consultation, c.template, count(*), c.template,
	strftime('%Y-%m-%dT%H:%M:%SZ', min(l.received), 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%SZ', max(l.received), 'unixepoch')
FROM campaign c JOIN campaign_letter l ON l.leader = c.leader
GROUP BY c.leader;

CREATE VIEW campaign_members (campaign, submission, added_words, added_text) AS
SELECT c.template, l.submission, l.added_words, l.added_text FROM campaign c JOIN campaign_letter l ON l.leader = c.leader;

CREATE VIEW automatic (submission, kind, why) AS
SELECT v.submission, k.name, coalesce((SELECT 'decided by ' || e.actor FROM decision d JOIN event e ON e.id = d.event
	WHERE d.submission = v.submission AND d.about = 'kind'), v.automatic_why) FROM verdict v JOIN name k ON k.of = 'kind' AND k.number = v.kind
WHERE k.name IN ('auto_reply', 'bounce', 'receipt', 'newsletter');

-- A respondent nobody could name is one by itself; an answer without text of its own (a scan) is a text by itself; members of a
-- campaign that added nothing have one text, however their mail programs wrapped it. Under 60 words (COVER_WORDS of the judge) may be a cover letter,
-- and what cannot be read may say anything: then the documents belong to the text, by their words or, unread, by their bytes.
-- Digest 4 is DIGEST_ANSWER, 5 DIGEST_DOCUMENTS (wire.h).
CREATE VIEW counts (consultation, submissions, responses, respondents, distinct_texts, campaign_members, on_time, late, no_remarks,
	unanswered, review) AS
WITH
whole AS (SELECT v.consultation AS of, count(*) AS n
	FROM submission s LEFT JOIN verdict v ON v.submission = s.id GROUP BY v.consultation),
answer AS (SELECT v.consultation AS of, count(*) AS n,
	count(DISTINCT coalesce(v.responder_key, 'submission ' || v.submission)) AS respondents,
	count(DISTINCT CASE WHEN c.leader IS NOT NULL AND l.added_words = 0 THEN 'campaign ' || c.template
		ELSE hex(coalesce(d.sha256, v.submission)) || coalesce(iif(d.words < 60, hex(o.sha256), (SELECT group_concat(sha256) FROM (
			SELECT sha256 FROM attachment WHERE submission = v.submission AND inline = 0 AND type NOT IN ('message/rfc822', 'text/vcard',
				'text/x-vcard', 'application/pkcs7-signature', 'application/x-pkcs7-signature', 'application/pgp-signature')
				AND (text_status IN (SELECT number FROM name WHERE of = 'text status'
					AND name IN ('garbled', 'encrypted', 'corrupt', 'too large'))
				OR (found_type = 'application/pdf' AND text_status = (SELECT number FROM name WHERE of = 'text status' AND name = 'empty')))
			ORDER BY sha256))), '') END) AS texts, count(c.leader) AS members,
	sum(v.deadline_verdict IS 'on time') AS on_time, sum(v.deadline_verdict IS 'late') AS late,
	sum(v.position = (SELECT number FROM name WHERE of = 'position' AND name = 'no remarks')) AS no_remarks
	FROM verdict v LEFT JOIN digest d ON d.submission = v.submission AND d.kind = 4 LEFT JOIN digest o ON o.submission = v.submission AND o.kind = 5
	LEFT JOIN campaign_letter l ON l.submission = v.submission LEFT JOIN campaign c ON c.leader = l.leader
	WHERE v.counts = 1 GROUP BY v.consultation),
silent AS (SELECT consultation AS of, count(*) AS n FROM unanswered GROUP BY consultation),
open AS (SELECT v.consultation AS of, count(*) AS n FROM review r JOIN verdict v ON v.submission = r.submission GROUP BY v.consultation),
each AS (SELECT id AS of FROM consultation UNION SELECT consultation FROM verdict UNION SELECT NULL)
SELECT each.of, coalesce(whole.n, 0), coalesce(answer.n, 0), coalesce(answer.respondents, 0), coalesce(answer.texts, 0),
	coalesce(answer.members, 0), coalesce(answer.on_time, 0), coalesce(answer.late, 0), coalesce(answer.no_remarks, 0),
	coalesce(silent.n, 0), coalesce(open.n, 0)
FROM each LEFT JOIN whole ON whole.of IS each.of LEFT JOIN answer ON answer.of IS each.of
	LEFT JOIN silent ON silent.of IS each.of LEFT JOIN open ON open.of IS each.of;

-- seen = stored + excluded + missing: each UID that a server ever showed is in one of the three.
CREATE VIEW completeness (mailbox, uidvalidity, seen, stored, excluded, missing, last_checked) AS
WITH known AS (
	SELECT mailbox, uidvalidity, 1 AS stored, 0 AS excluded, 0 AS missing, NULL AS checked FROM copy
	UNION ALL SELECT mailbox, uidvalidity, 0, 1, 0, NULL FROM excluded
	UNION ALL SELECT mailbox, uidvalidity, 0, 0, 1, NULL FROM shown
	UNION ALL SELECT mailbox, uidvalidity, 0, 0, 0, checked FROM round)
SELECT mailbox, uidvalidity, count(*) FILTER (WHERE stored + excluded + missing), sum(stored), sum(excluded), sum(missing),
	strftime('%Y-%m-%dT%H:%M:%SZ', max(checked), 'unixepoch')
FROM known GROUP BY mailbox, uidvalidity;

CREATE VIEW mailboxes (address, state, last_success, last_error, next_attempt, lag_s, name) AS
SELECT address, CASE WHEN configured THEN state ELSE 'not configured' END,
	strftime('%Y-%m-%dT%H:%M:%SZ', last_success, 'unixepoch'), last_error,
	strftime('%Y-%m-%dT%H:%M:%SZ', next_attempt, 'unixepoch'), lag_s, name
FROM mailbox;

CREATE VIEW events (id, at, actor, action, object, detail, hash) AS
SELECT id, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'), actor, action, object, detail, hash FROM event;
