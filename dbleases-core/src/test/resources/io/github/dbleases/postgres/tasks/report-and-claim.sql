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

dbleases_failure (dbleases_id, dbleases_error, dbleases_millis, dbleases_verdict, dbleases_position) AS (
    SELECT * FROM unnest(:failed::bigint[]::bigint[], :errors::text[], :delays::bigint[], :verdicts::text[])
        WITH ORDINALITY
),
dbleases_freed AS (
    UPDATE "outbox" SET "session_id" = NULL,
        "attempts" = "attempts" + CASE dbleases_verdict WHEN 'POSTPONE' THEN 0 ELSE 1 END,
        "last_error" = CASE dbleases_verdict WHEN 'POSTPONE' THEN "last_error" ELSE dbleases_error::text END
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND NOT (dbleases_verdict = 'GIVE_UP' OR (dbleases_verdict = 'RETRY' AND "attempts" + 1 >= 3))
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),
dbleases_given_up AS (
    UPDATE "outbox" SET "session_id" = NULL,
        "attempts" = greatest("attempts" + 1, 3),
        "last_error" = dbleases_error::text
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND (dbleases_verdict = 'GIVE_UP' OR (dbleases_verdict = 'RETRY' AND "attempts" + 1 >= 3))
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),

dbleases_released AS (
    UPDATE "outbox" SET "session_id" = NULL
    WHERE "id" = ANY (:released::bigint[]::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
),

dbleases_limit AS MATERIALIZED (
    SELECT least(:limit::bigint, greatest(0, ceil((
        :held::bigint
        + (SELECT count(*) FROM (
            SELECT FROM "outbox"
            WHERE (sent_at IS NULL) AND "attempts" = 0 AND "id" NOT IN (SELECT unnest(:excluded::bigint[]::bigint[]))
            AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live')) AND "id" >= :from::text::bigint
            ORDER BY "id"
            LIMIT (SELECT :count::bigint)
        ) AS dbleases_fresh_pending)
        + (SELECT count(*) FROM (
            SELECT FROM "outbox"
            WHERE (sent_at IS NULL) AND "attempts" > 0 AND "attempts" < 3 AND "id" NOT IN (SELECT unnest(:excluded::bigint[]::bigint[]))
            AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
            ORDER BY "id"
            LIMIT (SELECT :count::bigint)
        ) AS dbleases_retries_pending)
    )::numeric / :sessions) - :held)::bigint) AS tasks
),
dbleases_retries AS MATERIALIZED (
    SELECT ctid FROM "outbox"
    WHERE (sent_at IS NULL) AND "attempts" > 0 AND "attempts" < 3 AND "id" NOT IN (SELECT unnest(:excluded::bigint[]::bigint[]))
    AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
    AND EXISTS (SELECT FROM "dbleases_session" WHERE id = :session AND state = 'live')
    ORDER BY "id"
    LIMIT (SELECT least(:retries::bigint, tasks) FROM dbleases_limit)
    FOR NO KEY UPDATE SKIP LOCKED
),
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
    (SELECT array_agg(position::int) FROM dbleases_freed) AS dbleases_freed,
    (SELECT array_agg(position::int) FROM dbleases_given_up) AS dbleases_given_up,
    fresh AS dbleases_fresh, retries AS dbleases_retries,
    (SELECT due FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_due,
    (SELECT id::text FROM dbleases_fresh OFFSET greatest(0, fresh - 1) LIMIT 1) AS dbleases_last_id
    FROM dbleases_counts
)
SELECT dbleases_claimed.*, (extract(epoch FROM statement_timestamp()) - extract(epoch FROM dbleases_claimed."created_at"::timestamptz))::float8 AS dbleases_waited, dbleases_reply.*
FROM dbleases_reply LEFT JOIN dbleases_claimed ON true 
