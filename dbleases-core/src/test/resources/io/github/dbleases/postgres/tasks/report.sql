/* size 0 */ WITH
dbleases_patience AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS is_set),

dbleases_finish AS (SELECT :finished::bigint[]::bigint[] AS ids),
dbleases_finished AS (
    DELETE FROM "job"
    WHERE "id" = ANY ((SELECT ids FROM dbleases_finish)::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING "id" AS id
),

dbleases_failure (dbleases_id, dbleases_error, dbleases_millis, dbleases_verdict, dbleases_position) AS (
    SELECT * FROM unnest(:failed::bigint[]::bigint[], :errors::text[], :delays::bigint[], :verdicts::text[])
        WITH ORDINALITY
),
dbleases_freed AS (
    UPDATE "job" SET "session_id" = NULL
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND NOT false
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),
dbleases_given_up AS (
    UPDATE "job" SET "session_id" = NULL
    FROM dbleases_failure
    WHERE "id" = dbleases_id AND "session_id" = :session
    AND false
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
    RETURNING dbleases_position AS position
),

dbleases_released AS (
    UPDATE "job" SET "session_id" = NULL
    WHERE "id" = ANY (:released::bigint[]::bigint[]) AND "session_id" = :session
    AND (SELECT is_set FROM dbleases_patience) IS NOT NULL
),

dbleases_reply AS (
    SELECT pg_relation_size('"job"'::regclass) / 8192 AS dbleases_pages,
    CASE WHEN (SELECT count(*) FROM dbleases_finished) < (SELECT cardinality(ids) FROM dbleases_finish) THEN ARRAY (
        SELECT given.position::int
        FROM dbleases_finish, unnest(dbleases_finish.ids) WITH ORDINALITY AS given (id, position)
        WHERE given.id NOT IN (SELECT id FROM dbleases_finished)
    ) END AS dbleases_lost,
    (SELECT array_agg(position::int) FROM dbleases_freed) AS dbleases_freed,
    (SELECT array_agg(position::int) FROM dbleases_given_up) AS dbleases_given_up,
    0 AS dbleases_fresh, 0 AS dbleases_retries, NULL::text AS dbleases_last_due, NULL::text AS dbleases_last_id
)
SELECT * FROM dbleases_reply
