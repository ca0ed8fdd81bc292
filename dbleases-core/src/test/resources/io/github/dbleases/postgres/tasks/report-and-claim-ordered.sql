/* size 0 */ WITH
dbleases_patience AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS is_set),

dbleases_finish AS (SELECT :finished::bigint[]::bigint[] AS ids),
dbleases_finished AS (
    UPDATE "shop"."mail" SET "session_id" = NULL,
        status = 'sent'
    WHERE "id" = ANY ((SELECT ids FROM dbleases_finish)::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING "id" AS id
),

dbleases_failure (dbleases_id, dbleases_error, dbleases_millis, dbleases_verdict, dbleases_position) AS (
    SELECT * FROM unnest(:failed::bigint[]::bigint[], :errors::text[], :delays::bigint[], :verdicts::text[])
        WITH ORDINALITY
),
dbleases_freed AS (
    UPDATE "shop"."mail" SET "session_id" = NULL,
        "attempts" = "attempts" + CASE dbleases_verdict WHEN 'POSTPONE' THEN 0 ELSE 1 END,
        "error" = CASE dbleases_verdict WHEN 'POSTPONE' THEN "error" ELSE dbleases_error::text END,
        "due_at" = clock_timestamp() + dbleases_millis * interval '1 ms'
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND NOT (dbleases_verdict = 'GIVE_UP' OR (dbleases_verdict = 'RETRY' AND "attempts" + 1 >= 5))
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),
dbleases_given_up AS (
    UPDATE "shop"."mail" SET "session_id" = NULL,
        "attempts" = "attempts" + 1,
        "error" = dbleases_error::text,
        status = 'dead'
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND (dbleases_verdict = 'GIVE_UP' OR (dbleases_verdict = 'RETRY' AND "attempts" + 1 >= 5))
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),

dbleases_released AS (
    UPDATE "shop"."mail" SET "session_id" = NULL
    WHERE "id" = ANY (:released::bigint[]::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
),

dbleases_limit AS MATERIALIZED (
    SELECT least(:limit::bigint, greatest(0, ceil((
        :held::bigint
        + (SELECT count(*) FROM (
            SELECT FROM "shop"."mail"
            WHERE (status = 'new') AND "attempts" = 0 AND "due_at" <= statement_timestamp()
            AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
            ORDER BY "priority" DESC, "due_at"
            LIMIT (SELECT :count::bigint)
        ) AS dbleases_fresh_pending)
        + (SELECT count(*) FROM (
            SELECT FROM "shop"."mail"
            WHERE (status = 'new') AND "attempts" > 0 AND "attempts" < 5 AND "due_at" <= statement_timestamp()
            AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
            ORDER BY "priority" DESC, "due_at"
            LIMIT (SELECT :count::bigint)
        ) AS dbleases_retries_pending)
    )::numeric / :sessions) - :held)::bigint) AS tasks
),
dbleases_retries AS MATERIALIZED (
    SELECT ctid FROM "shop"."mail"
    WHERE (status = 'new') AND "attempts" > 0 AND "attempts" < 5 AND "due_at" <= statement_timestamp()
    AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
    AND EXISTS (SELECT FROM "dbleases_session" WHERE id = :session AND state = 'live')
    ORDER BY "priority" DESC, "due_at"
    LIMIT (SELECT least(:retries::bigint, tasks) FROM dbleases_limit)
    FOR NO KEY UPDATE SKIP LOCKED
),
dbleases_fresh AS MATERIALIZED (
    SELECT ctid, "id" AS id, "due_at"::text AS due FROM "shop"."mail"
    WHERE (status = 'new') AND "attempts" = 0 AND "due_at" <= statement_timestamp()
    AND ("session_id" IS NULL OR "session_id" NOT IN (SELECT id FROM "dbleases_session" WHERE state = 'live'))
    AND EXISTS (SELECT FROM "dbleases_session" WHERE id = :session AND state = 'live')
    ORDER BY "priority" DESC, "due_at"
    LIMIT (SELECT least(:fresh::bigint, tasks - (SELECT count(*) FROM dbleases_retries)) FROM dbleases_limit)
    FOR NO KEY UPDATE SKIP LOCKED
),
dbleases_claimed AS (
    UPDATE "shop"."mail" SET "session_id" = :session
    WHERE ctid = ANY (ARRAY (SELECT ctid FROM dbleases_retries UNION ALL SELECT ctid FROM dbleases_fresh))
    RETURNING *
),
dbleases_counts AS MATERIALIZED (
    SELECT (SELECT count(*) FROM dbleases_fresh) AS fresh, (SELECT count(*) FROM dbleases_retries) AS retries
),

dbleases_reply AS (
    SELECT pg_relation_size('"shop"."mail"'::regclass) / 8192 AS dbleases_pages,
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
SELECT dbleases_claimed.*, (extract(epoch FROM statement_timestamp()) - extract(epoch FROM dbleases_claimed."due_at"::timestamptz))::float8 AS dbleases_waited, dbleases_reply.*
FROM dbleases_reply LEFT JOIN dbleases_claimed ON true ORDER BY dbleases_claimed."priority" DESC, dbleases_claimed."due_at"
