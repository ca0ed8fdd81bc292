/* size 0 */ WITH
dbleases_patience AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS is_set),

dbleases_finish AS (SELECT :finished::bigint[]::bigint[] AS ids),
dbleases_finished AS (
    UPDATE "outbox" SET "session_id" = NULL,
        sent_at = now()
    WHERE "id" = ANY ((SELECT ids FROM dbleases_finish)::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING "id" AS id
),

dbleases_limit AS MATERIALIZED (SELECT :limit::bigint AS tasks),
dbleases_retries AS (SELECT NULL::tid AS ctid WHERE false),
dbleases_fresh AS MATERIALIZED (
    SELECT ctid, "id" AS id, NULL::text AS due FROM "outbox"
    WHERE (sent_at IS NULL) AND "attempts" = 0 AND "id" NOT IN (SELECT unnest(:excluded::bigint[]::bigint[]))
    AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live')) AND "id" >= :from::text::bigint
    AND EXISTS (SELECT FROM "dbleases_session" WHERE id = :session AND state = 'live')
    ORDER BY "id"
    LIMIT (SELECT least(:fresh::bigint, tasks - (SELECT count(*) FROM dbleases_retries)) FROM dbleases_limit)
    FOR NO KEY UPDATE SKIP LOCKED
),
dbleases_claimed AS (
    UPDATE "outbox" SET "session_id" = :session
    WHERE ctid = ANY (ARRAY (SELECT ctid FROM dbleases_retries UNION ALL SELECT ctid FROM dbleases_fresh))
    RETURNING *
),
dbleases_counts AS MATERIALIZED (
    SELECT (SELECT count(*) FROM dbleases_fresh) AS fresh, (SELECT count(*) FROM dbleases_retries) AS retries
),

dbleases_reply AS (
    SELECT pg_relation_size('"outbox"'::regclass) / 8192 AS dbleases_pages,
    CASE WHEN (SELECT count(*) FROM dbleases_finished) < (SELECT cardinality(ids) FROM dbleases_finish) THEN ARRAY (
        SELECT given.position::int
        FROM dbleases_finish, unnest(dbleases_finish.ids) WITH ORDINALITY AS given (id, position)
        WHERE given.id NOT IN (SELECT id FROM dbleases_finished)
    ) END AS dbleases_lost,
    NULL::int[] AS dbleases_freed, NULL::int[] AS dbleases_given_up,
    fresh AS dbleases_fresh, retries AS dbleases_retries,
    (SELECT due FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_due,
    (SELECT id::text FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_id
    FROM dbleases_counts
)
SELECT dbleases_claimed.*, (extract(epoch FROM statement_timestamp()) - extract(epoch FROM dbleases_claimed."created_at"::timestamptz))::float8 AS dbleases_waited, dbleases_reply.*
FROM dbleases_reply LEFT JOIN dbleases_claimed ON true 
