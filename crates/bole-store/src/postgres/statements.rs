//! The statements in PostgreSQL's dialect: a table of parameters is an array for each column.

use crate::sql::Statements;

pub(super) const STATEMENTS: Statements = Statements {
    submissions_by_id: "SELECT r.* FROM unnest($1::text[], $2::text[]) AS j (portal, message_id) \
        JOIN submission_record r ON r.portal = j.portal AND r.message_id = j.message_id",
    documents_by_id: "SELECT d.id, d.number, d.first, f.portal, f.message_id, d.as_of, d.fields, d.as_of_sound <> 0, \
        EXISTS (SELECT 1 FROM original o WHERE o.document = d.id), \
        s.as_of, s.fields, s.reason, s.reader, s.person \
        FROM unnest($1::bytea[]) AS j (id) JOIN document d ON d.id = j.id \
        LEFT JOIN submission f ON f.number = d.first \
        LEFT JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
    last_numbers: "SELECT (SELECT coalesce(max(number), 0) FROM submission), \
        (SELECT coalesce(max(number), 0) FROM document)",
    document_numbers: "SELECT d.id, d.number FROM unnest($1::bytea[]) AS j (id) JOIN document d ON d.id = j.id",

    put_documents: "INSERT INTO document (number, id, first, as_of, fields, as_of_sound) \
        SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) \
        ON CONFLICT (number) DO UPDATE SET first = excluded.first, as_of = excluded.as_of, \
        fields = excluded.fields, as_of_sound = excluded.as_of_sound",
    put_submissions: "INSERT INTO submission (number, portal, message_id, document, state, reason, detail, \
        attempt, duplicate_of, document_date, source_name, candidate_ref, field, consent, received_at, changed_at, \
        traceparent) \
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], \
        $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], \
        $14::text[], $15::bigint[], $16::bigint[], $17::text[]) \
        ON CONFLICT (number) DO UPDATE SET state = excluded.state, reason = excluded.reason, \
        detail = excluded.detail, attempt = excluded.attempt, duplicate_of = excluded.duplicate_of, \
        document_date = excluded.document_date, source_name = excluded.source_name, \
        candidate_ref = excluded.candidate_ref, field = excluded.field, consent = excluded.consent, \
        changed_at = excluded.changed_at, traceparent = excluded.traceparent",
    add_transitions: "INSERT INTO transition (submission, sequence, state, reason, attempt, at) \
        SELECT j.submission, (SELECT coalesce(max(t.sequence), 0) + 1 FROM transition t \
        WHERE t.submission = j.submission), j.state, j.reason, j.attempt, j.at \
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) \
        AS j (submission, state, reason, attempt, at)",
    add_received: "INSERT INTO ledger (portal, received) SELECT * FROM unnest($1::text[], $2::bigint[]) \
        ON CONFLICT (portal) DO UPDATE SET received = ledger.received + excluded.received",
    add_originals: "INSERT INTO original (document, bytes) SELECT * FROM unnest($1::bytea[], $2::bytea[]) \
        ON CONFLICT DO NOTHING",
    add_readings: "INSERT INTO reading (document, reader, bytes) \
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING",
    add_evidence: "INSERT INTO evidence (lexicon, document, reader, bytes) \
        SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bytea[]) ON CONFLICT DO NOTHING",
    add_contacts: "INSERT INTO contact (contact, name, document) \
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING",
    add_candidates: "INSERT INTO candidate (portal, candidate_ref, document) \
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING",
    close_standings: "UPDATE standing SET to_position = j.position \
        FROM unnest($1::bigint[], $2::bigint[]) AS j (document, position) \
        WHERE standing.document = j.document AND standing.to_position IS NULL",
    open_standings: "INSERT INTO standing (document, from_position, as_of, reason, reader, person, fields) \
        SELECT j.*, d.fields \
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[]) \
        AS j (document, from_position, as_of, reason, reader, person) JOIN document d ON d.number = j.document",
    add_changes: "INSERT INTO change (position, at, event) \
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])",
    add_artifact: "INSERT INTO artifact (kind, hash, text, kept_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    remove_artifact: "DELETE FROM artifact WHERE kind = $1 AND hash = $2",

    keys_of: "SELECT c.document, c.portal, c.candidate_ref FROM unnest($1::bigint[]) AS j (document) \
        JOIN candidate c ON c.document = j.document \
        UNION ALL \
        SELECT c.document, NULL, c.contact FROM unnest($1::bigint[]) AS j (document) \
        JOIN contact c ON c.document = j.document",
    contacts: "SELECT j.contact, \
        (SELECT min(c.name) FROM contact c WHERE c.contact = j.contact), \
        (SELECT max(c.name) FROM contact c WHERE c.contact = j.contact), \
        (SELECT c.name FROM contact c JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
         AND s.person IS NOT NULL WHERE c.contact = j.contact ORDER BY c.name LIMIT 1), \
        (SELECT c.name FROM contact c JOIN standing s ON s.document = c.document AND s.to_position IS NULL \
         AND s.person IS NOT NULL WHERE c.contact = j.contact ORDER BY c.name DESC LIMIT 1), \
        (SELECT s.person FROM contact c JOIN standing s ON s.document = c.document \
         AND s.to_position IS NULL AND s.person IS NOT NULL WHERE c.contact = j.contact ORDER BY c.name LIMIT 1) \
        FROM unnest($1::text[]) AS j (contact)",
    persons_of_candidates: "SELECT j.portal, j.candidate_ref, \
        (SELECT s.person FROM candidate c JOIN standing s ON s.document = c.document \
         AND s.to_position IS NULL AND s.person IS NOT NULL \
         WHERE c.portal = j.portal AND c.candidate_ref = j.candidate_ref LIMIT 1) \
        FROM unnest($1::text[], $2::text[]) AS j (portal, candidate_ref)",
    contacts_of: "SELECT c.document, c.contact, c.name FROM unnest($1::bigint[]) AS j (document) \
        JOIN contact c ON c.document = j.document",
    remove_contacts: "DELETE FROM contact WHERE document IN (SELECT unnest($1::bigint[]))",
    persons_of_contacts: "SELECT DISTINCT s.person FROM unnest($1::text[]) AS j (contact) \
        JOIN contact c ON c.contact = j.contact \
        JOIN standing s ON s.document = c.document AND s.to_position IS NULL AND s.person IS NOT NULL",
    add_clues: "INSERT INTO clue (clue, document) SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING",
    remove_clues: "DELETE FROM clue WHERE document IN (SELECT unnest($1::bigint[]))",
    alike: "WITH me (number, person) AS MATERIALIZED (SELECT d.number, s.person FROM document d \
        JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.person IS NOT NULL \
        WHERE d.id = $1), \
        own (clue) AS MATERIALIZED (SELECT c.clue FROM me JOIN clue c ON c.document = me.number \
        UNION SELECT c.contact FROM me JOIN contact c ON c.document = me.number), \
        shared (document, is_name) AS (SELECT c.document, starts_with(c.clue, 'name:') \
        FROM own JOIN clue c ON c.clue = own.clue \
        UNION ALL SELECT c.document, false FROM own JOIN contact c ON c.contact = own.clue), \
        those (document, by_contact, by_name) AS (SELECT document, bool_or(NOT is_name), bool_or(is_name) \
        FROM shared GROUP BY document) \
        SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, k.by_contact, k.by_name \
        FROM those k JOIN standing s ON s.document = k.document AND s.to_position IS NULL \
        AND s.person <> (SELECT person FROM me) JOIN document d ON d.number = k.document \
        ORDER BY k.by_contact DESC, d.id LIMIT $2",
    members: "SELECT s.person, d.id, s.document, s.as_of, s.reader FROM unnest($1::bytea[]) AS j (person) \
        JOIN standing s ON s.person = j.person AND s.to_position IS NULL \
        JOIN document d ON d.number = s.document",
    eldest: "SELECT j.person, (SELECT d.id FROM standing s JOIN document d ON d.number = s.document \
        WHERE s.person = j.person AND s.to_position IS NULL ORDER BY d.id LIMIT 1) \
        FROM unnest($1::bytea[]) AS j (person)",

    artifact: "SELECT text FROM artifact WHERE kind = $1 AND hash = $2",
    artifacts: "SELECT hash, kept_at FROM artifact WHERE kind = $1 \
        ORDER BY kept_at NULLS FIRST, hash LIMIT $2",
    artifacts_between: "SELECT hash FROM artifact WHERE kind = $1 \
        AND hash BETWEEN decode($2, 'hex') AND decode($3, 'hex') ORDER BY hash LIMIT $4",

    history: "SELECT id FROM history",
    head: "SELECT coalesce(max(position), 0), (SELECT version FROM bole_schema) FROM change",
    changes: "SELECT position, at, event FROM change WHERE position > $1 ORDER BY position LIMIT $2",
    standings_at: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields FROM document d \
        JOIN standing s ON s.document = d.number AND s.from_position <= $1 \
        AND (s.to_position IS NULL OR s.to_position > $1) ORDER BY d.id",
    standings_of: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, j.place - 1 \
        FROM unnest($1::bytea[]) WITH ORDINALITY AS j (id, place) JOIN document d ON d.id = j.id \
        JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
    standings_of_at: "SELECT d.id, s.as_of, s.reason, s.reader, s.person, s.fields, j.place - 1 \
        FROM unnest($1::bytea[]) WITH ORDINALITY AS j (id, place) JOIN document d ON d.id = j.id \
        JOIN standing s ON s.document = d.number AND s.from_position <= $2 \
        AND (s.to_position IS NULL OR s.to_position > $2)",
    readings: "SELECT j.place - 1, b.bytes \
        FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS j (id, reader, place) \
        JOIN document d ON d.id = j.id JOIN reading b ON b.document = d.number AND b.reader = j.reader",
    evidence: "SELECT j.place - 1, b.bytes \
        FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS j (id, reader, place) \
        JOIN document d ON d.id = j.id \
        JOIN evidence b ON b.lexicon = $3 AND b.document = d.number AND b.reader = j.reader",
    older_readings: "SELECT d.id, s.reader FROM document d \
        JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.reader < $1 \
        WHERE d.id > $2 AND NOT EXISTS (SELECT 1 FROM kept_reading k \
        WHERE k.document = s.document AND k.reader >= $1) ORDER BY d.id LIMIT $3",
    without_evidence: "SELECT d.id, s.reader FROM document d \
        JOIN standing s ON s.document = d.number AND s.to_position IS NULL AND s.reader IS NOT NULL \
        WHERE d.id > $2 AND NOT EXISTS (SELECT 1 FROM evidence e \
        WHERE e.lexicon = $1 AND e.document = s.document AND e.reader = s.reader) ORDER BY d.id LIMIT $3",
    n_overdue: "SELECT count(*) FILTER (WHERE s.reader < $1 AND k.document IS NULL), \
        count(*) FILTER (WHERE s.reader < $1 AND k.document IS NOT NULL), \
        count(*) FILTER (WHERE e.document IS NULL) \
        FROM standing s LEFT JOIN kept_reading k ON k.document = s.document AND k.reader >= $1 \
        LEFT JOIN evidence e ON e.lexicon = $2 AND e.document = s.document AND e.reader = s.reader \
        WHERE s.to_position IS NULL AND s.reader IS NOT NULL",
    keep_older: "INSERT INTO kept_reading (document, reader) SELECT d.number, $2 FROM unnest($1::bytea[]) AS j (id) \
        JOIN document d ON d.id = j.id ORDER BY d.number \
        ON CONFLICT (document) DO UPDATE SET reader = greatest(kept_reading.reader, excluded.reader)",
    original: "SELECT bytes FROM original WHERE document = $1",
    ledger: "SELECT portal, NULL::text, NULL::text, received FROM ledger UNION ALL \
        SELECT portal, state, reason, count(*) FROM submission WHERE state <> 'accepting' \
        GROUP BY portal, state, reason",
    timeline: "SELECT t.state, t.reason, t.attempt, t.at FROM submission s \
        JOIN transition t ON t.submission = s.number \
        WHERE s.portal = $1 AND s.message_id = $2 ORDER BY t.sequence",
    submissions_of: "SELECT r.* FROM unnest($1::bytea[]) WITH ORDINALITY AS j (id, place) \
        JOIN document d ON d.id = j.id JOIN submission_record r ON r.document = d.number \
        ORDER BY j.place, r.number IS DISTINCT FROM d.first, r.portal, r.message_id",
    submissions_of_portal: "SELECT r.* FROM submission_record r \
        WHERE r.portal = $1 AND r.state <> 'accepting' AND r.message_id > $2 ORDER BY r.message_id LIMIT $3",
    submissions_in_state: "SELECT r.* FROM submission_record r WHERE r.portal = $1 AND r.state = $2 \
        AND r.state <> 'accepting' AND r.message_id > $3 ORDER BY r.message_id LIMIT $4",
    documents_between: "SELECT id FROM document WHERE id BETWEEN decode($1, 'hex') AND decode($2, 'hex') \
        AND as_of IS NOT NULL ORDER BY id LIMIT $3",
    documents_by_source: "SELECT d.id FROM submission s JOIN document d ON d.number = s.document \
        WHERE s.source_name = $1 AND d.as_of IS NOT NULL \
        GROUP BY d.id ORDER BY max(s.received_at) DESC, max(s.number) DESC",
    oldest_queued: "SELECT min(changed_at) FROM submission WHERE state = 'queued'",

    portals: "SELECT name, is_paused <> 0, added_at FROM portal ORDER BY name",
    put_portal: "INSERT INTO portal (name, is_paused, added_at) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET is_paused = excluded.is_paused",
    remove_portal: "DELETE FROM portal WHERE name = $1 RETURNING name",

    add_key: "INSERT INTO api_key (id, name, role, portal, fields, secret, created_at, expires_at, revoked_at) \
        SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], \
        $8::bigint[], $9::bigint[])",
    key: "SELECT id, name, role, portal, fields, secret, created_at, expires_at, revoked_at \
        FROM api_key WHERE id = $1",
    keys: "SELECT id, name, role, portal, fields, secret, created_at, expires_at, revoked_at \
        FROM api_key ORDER BY created_at, id",
    revoke_key: "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id",

    add_session: "INSERT INTO sessions (token, key, blind, began_at, expires_at) \
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[])",
    session: "SELECT token, key, blind <> 0, began_at, expires_at FROM sessions WHERE token = $1",
    blind_session: "UPDATE sessions SET blind = $2 WHERE token = $1 RETURNING token",
    end_session: "DELETE FROM sessions WHERE token = $1",
    any_expired_session: "SELECT token FROM sessions WHERE expires_at <= $1 LIMIT 1",
    remove_expired_sessions: "DELETE FROM sessions WHERE expires_at <= $1 RETURNING token",

    last_audit: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
    add_audit: "INSERT INTO audit (number, record, hash) \
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])",
    add_audit_texts: "INSERT INTO audit_text (number, salt, text) \
        SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[])",
    // Each text by its number, whatever the plan: a merge would begin with the first text of all.
    audit_after: "SELECT a.number, a.record, a.hash, t.salt, t.text FROM audit a \
        LEFT JOIN LATERAL (SELECT salt, text FROM audit_text WHERE number = a.number LIMIT 1) t ON true \
        WHERE a.number > $1 ORDER BY a.number LIMIT $2",
    audit_before: "SELECT a.number, a.record, a.hash, t.salt, t.text FROM audit a \
        LEFT JOIN LATERAL (SELECT salt, text FROM audit_text WHERE number = a.number LIMIT 1) t ON true \
        WHERE a.number < $1 ORDER BY a.number DESC LIMIT $2",
    remove_audit_texts: "DELETE FROM audit_text WHERE number IN (SELECT unnest($1::bigint[])) RETURNING number",

    add_decision: "INSERT INTO decision (resume, profile, choice, author, at) VALUES ($1, $2, $3, $4, $5)",
    decisions_of: "SELECT d.resume, d.profile, d.choice, d.author, d.at \
        FROM unnest($1::bytea[]) WITH ORDINALITY AS j (resume, place) \
        JOIN decision d ON d.resume = j.resume ORDER BY j.place, d.number",
    add_note: "INSERT INTO note (id, resume, text, author, at) VALUES ($1, $2, $3, $4, $5)",
    notes_of: "SELECT n.id, n.resume, n.text, n.author, n.at \
        FROM unnest($1::bytea[]) WITH ORDINALITY AS j (resume, place) \
        JOIN note n ON n.resume = j.resume ORDER BY j.place, n.number",
    remove_note: "DELETE FROM note WHERE resume = $1 AND id = $2 RETURNING id",
    add_shortlist: "INSERT INTO shortlist (id, name, profile, field, author, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)",
    rename_shortlist: "UPDATE shortlist SET name = $2 WHERE id = $1 RETURNING id",
    remove_shortlist: "DELETE FROM shortlist WHERE id = $1 RETURNING id",
    hold_shortlist: "SELECT id FROM shortlist WHERE id = $1 FOR KEY SHARE",
    shortlist: "SELECT s.id, s.name, s.profile, s.field, s.author, s.created_at, \
        (SELECT count(*) FROM shortlist_entry e WHERE e.shortlist = s.id) FROM shortlist s WHERE s.id = $1",
    shortlists: "SELECT s.id, s.name, s.profile, s.field, s.author, s.created_at, \
        (SELECT count(*) FROM shortlist_entry e WHERE e.shortlist = s.id) FROM shortlist s \
        WHERE (s.created_at, s.id) > ($1, $2) ORDER BY s.created_at, s.id LIMIT $3",
    put_entries: "INSERT INTO shortlist_entry (shortlist, resume, first_at, run, place, score, author, at) \
        SELECT $8, j.* FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], \
        $7::bigint[]) AS j \
        ON CONFLICT (shortlist, resume) DO UPDATE SET run = excluded.run, place = excluded.place, \
        score = excluded.score, author = excluded.author, at = excluded.at",
    remove_entries: "DELETE FROM shortlist_entry WHERE shortlist = $2 AND resume IN (SELECT unnest($1::bytea[])) RETURNING resume",
    entries: "SELECT resume, run, place, score, author, at FROM shortlist_entry WHERE shortlist = $1 \
        ORDER BY first_at, resume",

    lease: "INSERT INTO follower (name, position, holder, expires_at) \
        VALUES ($1, 0, $2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $3) \
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
        WHERE follower.holder IS NULL OR follower.holder = excluded.holder \
        OR follower.expires_at <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint \
        RETURNING position",
    position_of: "SELECT position FROM follower WHERE name = $1",
    advance: "UPDATE follower SET position = greatest(position, $3) WHERE name = $1 AND holder = $2 \
        AND expires_at > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint RETURNING name",
    give_up_lease: "UPDATE follower SET holder = NULL, expires_at = 0 WHERE name = $1 AND holder = $2",

    quarantined: "SELECT r.* FROM submission_record r WHERE r.state = 'quarantined' \
        AND ($1 = '' OR r.portal = $1) AND ($2 = '' OR r.reason = $2) \
        AND (r.portal, r.message_id) > ($3, $4) ORDER BY r.portal, r.message_id LIMIT $5",
    quarantined_of: "SELECT s.document, s.number IS NOT DISTINCT FROM d.first, s.reason \
        FROM unnest($1::bigint[]) AS j (number) JOIN document d ON d.number = j.number \
        JOIN submission s ON s.document = d.number AND s.state = 'quarantined' ORDER BY s.number",
    add_publications: "INSERT INTO publication (submission, is_taken) \
        SELECT j.number, 0 FROM unnest($1::bigint[]) AS j (number) \
        ON CONFLICT (submission) DO UPDATE SET is_taken = 0",
    take_publications: "UPDATE publication SET is_taken = 1 \
        WHERE submission IN (SELECT submission FROM publication ORDER BY submission LIMIT $1 FOR UPDATE)",
    publications: "SELECT r.* FROM publication p JOIN submission_record r ON r.number = p.submission \
        ORDER BY p.submission LIMIT $1",
    remove_publications: "DELETE FROM publication WHERE is_taken = 1 AND submission IN (SELECT s.number \
        FROM unnest($1::text[], $2::text[]) AS j (portal, message_id) \
        JOIN submission s ON s.portal = j.portal AND s.message_id = j.message_id)",

    // From one portal to the next, so that it is searched by the index over portal and state.
    stale: "WITH RECURSIVE p (portal) AS (SELECT min(portal) FROM submission UNION ALL \
        SELECT (SELECT min(s.portal) FROM submission s WHERE s.portal > p.portal) FROM p WHERE p.portal IS NOT NULL) \
        SELECT s.number, s.document FROM p JOIN submission s ON s.portal = p.portal AND s.state = 'accepting' \
        AND s.changed_at < $1",
    delete_transitions: "DELETE FROM transition WHERE submission IN (SELECT unnest($1::bigint[]))",
    delete_submissions: "DELETE FROM submission WHERE number IN (SELECT unnest($1::bigint[]))",
    delete_unnamed_documents: "DELETE FROM document WHERE number IN (SELECT unnest($1::bigint[])) \
        AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.document = document.number) RETURNING id",
    delete_unnamed_originals: "DELETE FROM original WHERE document IN (SELECT unnest($1::bytea[])) \
        AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = original.document)",
};
