-- The fields that a document was sent for by its submissions, as a JSON list of names, null for those that name none.
-- They are of the same submissions as the date: `as_of_sound` is about both.
ALTER TABLE document ADD COLUMN fields TEXT CONSTRAINT document_fields_size CHECK (octet_length(fields) <= 8192);
ALTER TABLE standing ADD COLUMN fields TEXT NOT NULL DEFAULT '[null]'
    CONSTRAINT standing_fields_size CHECK (octet_length(fields) <= 8192);

-- One name too many tells that there are more than are kept.
UPDATE document SET fields = coalesce((
    SELECT json_agg(name)::text FROM (
        SELECT DISTINCT CASE WHEN octet_length(s.field) <= 64 THEN s.field END AS name
        FROM submission s
        WHERE s.document = document.number AND EXISTS (
            SELECT 1 FROM transition t WHERE t.submission = s.number AND CASE document.as_of_sound
                WHEN 0 THEN t.reason = 'bad_message'
                ELSE t.reason NOT IN ('bad_message', 'received', 'replayed', 'by_operator', 'by_request')
            END
        )
        ORDER BY name NULLS FIRST LIMIT 17
    ) AS names
), '[null]')
WHERE as_of IS NOT NULL;

-- Since when is not known any more.
UPDATE standing SET fields = d.fields FROM document d WHERE d.number = standing.document AND d.fields <> '[null]';
