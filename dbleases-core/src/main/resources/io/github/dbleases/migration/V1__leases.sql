-- One row for each run of a client. Every heartbeat updates its row, so:
-- * the primary key is the only index and no indexed column changes: every update is a HOT update;
-- * the low fillfactor leaves room on the page for the new versions of its rows;
-- * there are no constraints other than the key, because PostgreSQL would parse them again in every heartbeat.
CREATE TABLE "${prefix}session" (
    id bigint NOT NULL PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    inbox bigint NOT NULL,
    ttl interval NOT NULL,
    grace interval NOT NULL, -- how long other clients wait after its expiry before they mark it dead
    started_at timestamptz NOT NULL,
    weight integer NOT NULL,
    state text NOT NULL, -- live or dead
    client_id text NOT NULL,
    host text,
    pid bigint,
    version text,
    drained boolean NOT NULL DEFAULT false -- whether the client is asked to stand by
) WITH (
    fillfactor = 25,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 5000,
    vacuum_truncate = false
);

-- The row is the lock under which its partitions are assigned. The row of a lease that was removed stays, because of its
-- least_token. It has no partitions, and its kind is not 'tasks'.
CREATE TABLE "${prefix}lease" (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('partitions', 'leader', 'tasks')),
    partitions integer NOT NULL CHECK (partitions >= 0),
    generation bigint NOT NULL DEFAULT 0, -- grows with every transaction that changes a member or a partition
    changed_at timestamptz NOT NULL, -- when a member was last added or removed
    least_token bigint NOT NULL DEFAULT 0, -- partitions that are added later get no smaller token
    assigned text NOT NULL DEFAULT 'unknown' -- whether the partitions have owners, so that a client need not read them
        CHECK (assigned IN ('unknown', 'completely', 'fairly'))
) WITH (fillfactor = 50);

-- The sessions that take part in a lease.
CREATE TABLE "${prefix}member" (
    lease text COLLATE "C" NOT NULL,
    session_id bigint NOT NULL,
    yields_until timestamptz, -- after a resignation: until then, other candidates come first
    PRIMARY KEY (lease, session_id)
);
CREATE INDEX "${prefix}member_session_idx" ON "${prefix}member" (session_id);

-- The owners of partitions. A row is written only when its partition moves. A fenced transaction locks it FOR KEY SHARE.
CREATE TABLE "${prefix}partition" (
    lease text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    session_id bigint, -- the owner
    pending_session_id bigint, -- the session that the owner should hand it over to
    token bigint NOT NULL,
    since timestamptz NOT NULL, -- when it got its owner
    PRIMARY KEY (lease, partition)
);
CREATE INDEX "${prefix}partition_session_idx" ON "${prefix}partition" (session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX "${prefix}partition_pending_idx" ON "${prefix}partition" (pending_session_id)
    WHERE pending_session_id IS NOT NULL;

-- One row for each incarnation of the database. A new timeline or system may lack acknowledged commits. The nonce is
-- random, because two standbys that do not know about each other may be promoted to the same timeline.
CREATE TABLE "${prefix}incarnation" (
    system_id text NOT NULL,
    timeline bigint NOT NULL,
    nonce uuid NOT NULL,
    first_seen timestamptz NOT NULL,
    quiet_until timestamptz NOT NULL, -- until then, no client takes up a grant that it does not already hold
    largest_ttl interval NOT NULL, -- of all sessions ever opened
    largest_grace interval NOT NULL, -- of all sessions ever opened
    hints_paid_at timestamptz NOT NULL DEFAULT 'epoch', -- when the budget of notifications is whole again
    PRIMARY KEY (system_id, timeline)
);

-- The incarnation in which the tables are created has lost nothing, so it needs no quiet time. If the functions are not
-- available, the start time of the server is used instead.
DO $$
DECLARE
    current_system text := 'unknown';
    current_timeline bigint := extract(epoch FROM pg_postmaster_start_time()) * 1000000;
BEGIN
    BEGIN
        SELECT system_identifier INTO STRICT current_system FROM pg_control_system();
        SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint
            INTO STRICT current_timeline;
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    INSERT INTO "${prefix}incarnation" (system_id, timeline, nonce, first_seen, quiet_until, largest_ttl, largest_grace)
    VALUES (current_system, current_timeline, gen_random_uuid(), clock_timestamp(), 'epoch', interval '0', interval '0');
END
$$;
