//! The statements in SQLite's dialect. `CROSS JOIN` keeps the order of the search as it is written.

use crate::sql::Statements;

pub(super) const STATEMENTS: Statements = Statements {
    submissions_by_id: "SELECT r.* FROM json_each(?1) j CROSS JOIN submission_record r \
        ON r.portal = j.value ->> 0 AND r.message_id = j.value ->> 1",
    documents_by_id: "SELECT d.id, d.number, d.first, f.portal, f.message_id, d.as_of, d.fields, d.as_of_sound, \
        EXISTS (SELECT 1 FROM original o WHERE o.document = d.id), \
        s.as_of, s.fields, s.reason, s.reader, s.person \
        FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value) \
        LEFT JOIN submission f ON f.number = d.first \
        LEFT JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
    last_numbers: "SELECT (SELECT coalesce(max(number), 0) FROM submission), \
        (SELECT coalesce(max(number), 0) FROM document)",
    document_numbers: "SELECT d.id, d.number FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value)",

    put_documents: "INSERT INTO document (number, id, first, as_of, fields, as_of_sound) \
        SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5 \
        FROM json_each(?1) WHERE true \
        ON CONFLICT (number) DO UPDATE SET first = excluded.first, as_of = excluded.as_of, \
        fields = excluded.fields, as_of_sound = excluded.as_of_sound",
    put_submissions: "INSERT INTO submission (number, portal, message_id, document, state, reason, detail, \
        attempt, duplicate_of, document_date, source_name, candidate_ref, field, consent, received_at, changed_at, \
        traceparent) \
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
        value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, \
        value ->> 14, value ->> 15, value ->> 16 FROM json_each(?1) WHERE true \
        ON CONFLICT (number) DO UPDATE SET state = excluded.state, reason = excluded.reason, \
        detail = excluded.detail, attempt = excluded.attempt, duplicate_of = excluded.duplicate_of, \
        document_date = excluded.document_date, source_name = excluded.source_name, \
        candidate_ref = excluded.candidate_ref, field = excluded.field, consent = excluded.consent, \
        changed_at = excluded.changed_at, traceparent = excluded.traceparent",
    add_transitions: "INSERT INTO transition (submission, sequence, state, reason, attempt, at) \
        SELECT value ->> 0, (SELECT coalesce(max(t.sequence), 0) + 1 FROM transition t \
        WHERE t.submission = value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4 \
        FROM json_each(?1)",
    add_received: "INSERT INTO ledger (portal, received) SELECT value ->> 0, value ->> 1 FROM json_each(?1) \
        WHERE true ON CONFLICT (portal) DO UPDATE SET received = received + excluded.received",
    add_originals: "INSERT INTO original (document, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    add_readings: "INSERT INTO reading (document, reader, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    add_evidence: "INSERT INTO evidence (lexicon, document, reader, bytes) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT DO NOTHING",
    add_contacts: "INSERT INTO contact (contact, name, document) \
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
    add_candidates: "INSERT INTO candidate (portal, candidate_ref, document) \
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
    close_standings: "UPDATE standing SET to_position = j.value ->> 1 FROM json_each(?1) j \
        WHERE standing.document = j.value ->> 0 AND standing.to_position IS NULL",
    open_standings: "INSERT INTO standing (document, from_position, as_of, reason, reader, person, fields) \
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5), d.fields \
        FROM json_each(?1) CROSS JOIN document d ON d.number = value ->> 0",
    add_changes: "INSERT INTO change (position, at, event) \
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)",
    add_artifact: "INSERT INTO artifact (kind, hash, text, kept_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    remove_artifact: "DELETE FROM artifact WHERE kind = ?1 AND hash = ?2",

    keys_of: "SELECT c.document, c.portal, c.candidate_ref FROM json_each(?1) j \
        CROSS JOIN candidate c ON c.document = j.value \
        UNION ALL \
        SELECT c.document, NULL, c.contact FROM json_each(?1) j CROSS JOIN contact c ON c.document = j.value",
    contacts: "SELECT j.value, \
        (SELECT min(c.name) FROM contact c WHERE c.contact = j.value), \
        (SELECT max(c.name) FROM contact c WHERE c.contact = j.value), \
        (SELECT c.name FROM contact c CROSS JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
         AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name LIMIT 1), \
        (SELECT c.name FROM contact c CROSS JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
         AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name DESC LIMIT 1), \
        (SELECT s.person FROM contact c CROSS JOIN standing s ON s.document = c.document \
         AND s.to_position IS NULL AND s.person IS NOT NULL WHERE c.contact = j.value ORDER BY c.name LIMIT 1) \
        FROM json_each(?1) j",
    persons_of_candidates: "SELECT j.value ->> 0, j.value ->> 1, \
        (SELECT s.person FROM candidate c CROSS JOIN standing s ON s.document = c.document \
         AND s.to_position IS NULL AND s.person IS NOT NULL \
         WHERE c.portal = j.value ->> 0 AND c.candidate_ref = j.value ->> 1 LIMIT 1) \
        FROM json_each(?1) j",
    contacts_of: "SELECT c.document, c.contact, c.name FROM json_each(?1) j \
        CROSS JOIN contact c ON c.document = j.value",
    remove_contacts: "DELETE FROM contact WHERE document IN (SELECT value FROM json_each(?1))",
    persons_of_contacts: "SELECT DISTINCT s.person FROM json_each(?1) j CROSS JOIN contact c ON c.contact = j.value \
        CROSS JOIN standing s ON s.document = c.document AND s.to_position IS NULL AND s.person IS NOT NULL",
    add_clues: "INSERT INTO clue (clue, document) \
        SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
    remove_clues: "DELETE FROM clue WHERE document IN (SELECT value FROM json_each(?1))",
    alike: "WITH me (number, person) AS MATERIALIZED (SELECT d.number, s.person FROM document d \
        CROSS JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.person IS NOT NULL \
        WHERE d.id = ?1), \
        own (clue) AS MATERIALIZED (SELECT c.clue FROM me CROSS JOIN clue c ON c.document = me.number \
        UNION SELECT c.contact FROM me CROSS JOIN contact c ON c.document = me.number), \
        shared (document, is_name) AS (SELECT c.document, substr(c.clue, 1, 5) = 'name:' \
        FROM own CROSS JOIN clue c ON c.clue = own.clue \
        UNION ALL SELECT c.document, 0 FROM own CROSS JOIN contact c ON c.contact = own.clue) \
        SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, min(k.is_name) = 0, max(k.is_name) = 1 \
        FROM me CROSS JOIN shared k CROSS JOIN standing s ON s.document = k.document AND s.to_position IS NULL \
        AND s.person <> me.person CROSS JOIN document d ON d.number = k.document \
        GROUP BY k.document ORDER BY min(k.is_name), d.id LIMIT ?2",
    members: "SELECT s.person, d.id, s.document, s.as_of, s.reader FROM json_each(?1) j \
        CROSS JOIN standing s ON s.person = unhex(j.value) AND s.to_position IS NULL \
        CROSS JOIN document d ON d.number = s.document",
    eldest: "SELECT unhex(j.value), (SELECT min(d.id) FROM standing s CROSS JOIN document d \
        ON d.number = s.document WHERE s.person = unhex(j.value) AND s.to_position IS NULL) FROM json_each(?1) j",

    artifact: "SELECT text FROM artifact WHERE kind = ?1 AND hash = ?2",
    artifacts: "SELECT hash, kept_at FROM artifact WHERE kind = ?1 \
        ORDER BY kept_at IS NOT NULL, kept_at, hash LIMIT ?2",
    artifacts_between: "SELECT hash FROM artifact WHERE kind = ?1 AND hash BETWEEN unhex(?2) AND unhex(?3) \
        ORDER BY hash LIMIT ?4",

    history: "SELECT id FROM history",
    head: "SELECT coalesce(max(position), 0), (SELECT user_version FROM pragma_user_version) FROM change",
    changes: "SELECT position, at, event FROM change WHERE position > ?1 ORDER BY position LIMIT ?2",
    standings_at: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields FROM document d \
        CROSS JOIN standing s ON s.document = d.number AND s.from_position <= ?1 \
        AND (s.to_position IS NULL OR s.to_position > ?1) ORDER BY d.id",
    standings_of: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, j.key FROM json_each(?1) j \
        CROSS JOIN document d ON d.id = unhex(j.value) \
        CROSS JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
    standings_of_at: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, j.key FROM json_each(?1) j \
        CROSS JOIN document d ON d.id = unhex(j.value) \
        CROSS JOIN standing s ON s.document = d.number AND s.from_position <= ?2 \
        AND (s.to_position IS NULL OR s.to_position > ?2)",
    readings: "SELECT j.key, b.bytes FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value ->> 0) \
        CROSS JOIN reading b ON b.document = d.number AND b.reader = j.value ->> 1",
    evidence: "SELECT j.key, b.bytes FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value ->> 0) \
        CROSS JOIN evidence b ON b.lexicon = ?2 AND b.document = d.number AND b.reader = j.value ->> 1",
    older_readings: "SELECT d.id, s.reader FROM document d \
        CROSS JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.reader < ?1 \
        WHERE d.id > ?2 AND NOT EXISTS (SELECT 1 FROM kept_reading k \
        WHERE k.document = s.document AND k.reader >= ?1) ORDER BY d.id LIMIT ?3",
    without_evidence: "SELECT d.id, s.reader FROM document d \
        CROSS JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.reader IS NOT NULL \
        WHERE d.id > ?2 AND NOT EXISTS (SELECT 1 FROM evidence e \
        WHERE e.lexicon = ?1 AND e.document = s.document AND e.reader = s.reader) ORDER BY d.id LIMIT ?3",
    n_overdue: "SELECT coalesce(sum(s.reader < ?1 AND k.document IS NULL), 0), \
        coalesce(sum(s.reader < ?1 AND k.document IS NOT NULL), 0), \
        coalesce(sum(NOT EXISTS (SELECT 1 FROM evidence e \
        WHERE e.lexicon = ?2 AND e.document = s.document AND e.reader = s.reader)), 0) \
        FROM standing s LEFT JOIN kept_reading k ON k.document = s.document AND k.reader >= ?1 \
        WHERE s.to_position IS NULL AND s.reader IS NOT NULL",
    keep_older: "INSERT INTO kept_reading (document, reader) SELECT d.number, ?2 FROM json_each(?1) j \
        CROSS JOIN document d ON d.id = unhex(j.value) WHERE true \
        ON CONFLICT (document) DO UPDATE SET reader = max(reader, excluded.reader)",
    original: "SELECT bytes FROM original WHERE document = ?1",
    ledger: "SELECT portal, NULL, NULL, received FROM ledger UNION ALL \
        SELECT portal, state, reason, count(*) FROM submission WHERE state <> 'accepting' \
        GROUP BY portal, state, reason",
    timeline: "SELECT t.state, t.reason, t.attempt, t.at FROM submission s \
        CROSS JOIN transition t ON t.submission = s.number \
        WHERE s.portal = ?1 AND s.message_id = ?2 ORDER BY t.sequence",
    submissions_of: "SELECT r.* FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value) \
        CROSS JOIN submission_record r ON r.document = d.number \
        ORDER BY j.key, r.number IS NOT d.first, r.portal, r.message_id",
    submissions_of_portal: "SELECT r.* FROM submission_record r \
        WHERE r.portal = ?1 AND r.state <> 'accepting' AND r.message_id > ?2 ORDER BY r.message_id LIMIT ?3",
    submissions_in_state: "SELECT r.* FROM submission_record r WHERE r.portal = ?1 AND r.state = ?2 \
        AND r.state <> 'accepting' AND r.message_id > ?3 ORDER BY r.message_id LIMIT ?4",
    documents_between: "SELECT id FROM document WHERE id BETWEEN unhex(?1) AND unhex(?2) AND as_of IS NOT NULL \
        ORDER BY id LIMIT ?3",
    documents_by_source: "SELECT d.id FROM submission s CROSS JOIN document d ON d.number = s.document \
        WHERE s.source_name = ?1 AND d.as_of IS NOT NULL \
        GROUP BY d.id ORDER BY max(s.received_at) DESC, max(s.number) DESC",
    oldest_queued: "SELECT min(changed_at) FROM submission WHERE state = 'queued'",

    portals: "SELECT name, is_paused, added_at FROM portal ORDER BY name",
    put_portal: "INSERT INTO portal (name, is_paused, added_at) VALUES (?1, ?2, ?3) \
        ON CONFLICT (name) DO UPDATE SET is_paused = excluded.is_paused",
    remove_portal: "DELETE FROM portal WHERE name = ?1 RETURNING name",

    add_key: "INSERT INTO api_key (id, name, role, portal, fields, secret, created_at, expires_at, revoked_at) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5), value ->> 6, \
        value ->> 7, value ->> 8 FROM json_each(?1)",
    key: "SELECT id, name, role, portal, fields, secret, created_at, expires_at, revoked_at \
        FROM api_key WHERE id = ?1",
    keys: "SELECT id, name, role, portal, fields, secret, created_at, expires_at, revoked_at \
        FROM api_key ORDER BY created_at, id",
    revoke_key: "UPDATE api_key SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL RETURNING id",

    add_session: "INSERT INTO sessions (token, key, blind, began_at, expires_at) \
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
    session: "SELECT token, key, blind, began_at, expires_at FROM sessions WHERE token = ?1",
    blind_session: "UPDATE sessions SET blind = ?2 WHERE token = ?1 RETURNING token",
    end_session: "DELETE FROM sessions WHERE token = ?1",
    any_expired_session: "SELECT token FROM sessions WHERE expires_at <= ?1 LIMIT 1",
    remove_expired_sessions: "DELETE FROM sessions WHERE expires_at <= ?1 RETURNING token",

    last_audit: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
    add_audit: "INSERT INTO audit (number, record, hash) \
        SELECT value ->> 0, value ->> 1, unhex(value ->> 2) FROM json_each(?1)",
    add_audit_texts: "INSERT INTO audit_text (number, salt, text) \
        SELECT value ->> 0, unhex(value ->> 1), value ->> 2 FROM json_each(?1)",
    audit_after: "SELECT a.number, a.record, a.hash, t.salt, t.text FROM audit a \
        LEFT JOIN audit_text t ON t.number = a.number WHERE a.number > ?1 ORDER BY a.number LIMIT ?2",
    audit_before: "SELECT a.number, a.record, a.hash, t.salt, t.text FROM audit a \
        LEFT JOIN audit_text t ON t.number = a.number WHERE a.number < ?1 ORDER BY a.number DESC LIMIT ?2",
    remove_audit_texts: "DELETE FROM audit_text WHERE number IN (SELECT value FROM json_each(?1)) RETURNING number",

    add_decision: "INSERT INTO decision (resume, profile, choice, author, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    decisions_of: "SELECT d.resume, d.profile, d.choice, d.author, d.at \
        FROM json_each(?1) j CROSS JOIN decision d ON d.resume = unhex(j.value) ORDER BY j.key, d.number",
    add_note: "INSERT INTO note (id, resume, text, author, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    notes_of: "SELECT n.id, n.resume, n.text, n.author, n.at \
        FROM json_each(?1) j CROSS JOIN note n ON n.resume = unhex(j.value) ORDER BY j.key, n.number",
    remove_note: "DELETE FROM note WHERE resume = ?1 AND id = ?2 RETURNING id",
    add_shortlist: "INSERT INTO shortlist (id, name, profile, field, author, created_at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    rename_shortlist: "UPDATE shortlist SET name = ?2 WHERE id = ?1 RETURNING id",
    remove_shortlist: "DELETE FROM shortlist WHERE id = ?1 RETURNING id",
    hold_shortlist: "SELECT id FROM shortlist WHERE id = ?1",
    shortlist: "SELECT s.id, s.name, s.profile, s.field, s.author, s.created_at, \
        (SELECT count(*) FROM shortlist_entry e WHERE e.shortlist = s.id) FROM shortlist s WHERE s.id = ?1",
    shortlists: "SELECT s.id, s.name, s.profile, s.field, s.author, s.created_at, \
        (SELECT count(*) FROM shortlist_entry e WHERE e.shortlist = s.id) FROM shortlist s \
        WHERE (s.created_at, s.id) > (?1, ?2) ORDER BY s.created_at, s.id LIMIT ?3",
    put_entries: "INSERT INTO shortlist_entry (shortlist, resume, first_at, run, place, score, author, at) \
        SELECT ?2, unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 \
        FROM json_each(?1) WHERE true \
        ON CONFLICT (shortlist, resume) DO UPDATE SET run = excluded.run, place = excluded.place, \
        score = excluded.score, author = excluded.author, at = excluded.at",
    remove_entries: "DELETE FROM shortlist_entry WHERE shortlist = ?2 AND resume IN (SELECT unhex(value) FROM json_each(?1)) RETURNING resume",
    entries: "SELECT resume, run, place, score, author, at FROM shortlist_entry WHERE shortlist = ?1 \
        ORDER BY first_at, resume",

    lease: "INSERT INTO follower (name, position, holder, expires_at) \
        VALUES (?1, 0, ?2, CAST(unixepoch('subsec') * 1000000 AS INTEGER) + ?3) \
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
        WHERE follower.holder IS NULL OR follower.holder = excluded.holder \
        OR follower.expires_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER) \
        RETURNING position",
    position_of: "SELECT position FROM follower WHERE name = ?1",
    advance: "UPDATE follower SET position = max(position, ?3) WHERE name = ?1 AND holder = ?2 \
        AND expires_at > CAST(unixepoch('subsec') * 1000000 AS INTEGER) RETURNING name",
    give_up_lease: "UPDATE follower SET holder = NULL, expires_at = 0 WHERE name = ?1 AND holder = ?2",

    quarantined: "SELECT r.* FROM submission_record r WHERE r.state = 'quarantined' \
        AND (?1 = '' OR r.portal = ?1) AND (?2 = '' OR r.reason = ?2) \
        AND (r.portal, r.message_id) > (?3, ?4) ORDER BY r.portal, r.message_id LIMIT ?5",
    quarantined_of: "SELECT s.document, s.number IS d.first, s.reason FROM json_each(?1) j \
        CROSS JOIN document d ON d.number = j.value \
        CROSS JOIN submission s ON s.document = d.number AND s.state = 'quarantined' ORDER BY s.number",
    add_publications: "INSERT INTO publication (submission, is_taken) SELECT value, 0 FROM json_each(?1) WHERE true \
        ON CONFLICT (submission) DO UPDATE SET is_taken = 0",
    take_publications: "UPDATE publication SET is_taken = 1 \
        WHERE submission IN (SELECT submission FROM publication ORDER BY submission LIMIT ?1)",
    publications: "SELECT r.* FROM publication p CROSS JOIN submission_record r ON r.number = p.submission \
        ORDER BY p.submission LIMIT ?1",
    remove_publications: "DELETE FROM publication WHERE is_taken = 1 AND submission IN (SELECT s.number \
        FROM json_each(?1) j CROSS JOIN submission s ON s.portal = j.value ->> 0 AND s.message_id = j.value ->> 1)",

    // From one portal to the next, so that it is searched by the index over portal and state.
    stale: "WITH RECURSIVE p (portal) AS (SELECT min(portal) FROM submission UNION ALL \
        SELECT (SELECT min(s.portal) FROM submission s WHERE s.portal > p.portal) FROM p WHERE p.portal IS NOT NULL) \
        SELECT s.number, s.document FROM p JOIN submission s ON s.portal = p.portal AND s.state = 'accepting' \
        AND s.changed_at < ?1",
    delete_transitions: "DELETE FROM transition WHERE submission IN (SELECT value FROM json_each(?1))",
    delete_submissions: "DELETE FROM submission WHERE number IN (SELECT value FROM json_each(?1))",
    delete_unnamed_documents: "DELETE FROM document WHERE number IN (SELECT value FROM json_each(?1)) \
        AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.document = document.number) RETURNING id",
    delete_unnamed_originals: "DELETE FROM original WHERE document IN (SELECT unhex(value) FROM json_each(?1)) \
        AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = original.document)",
};
