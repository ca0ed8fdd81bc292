-- One row for each run of a client. Every heartbeat updates its row, so:
-- * the primary key is the only index and no indexed column changes: every update is a HOT update;
-- * the low fillfactor leaves room on the page for the new versions of its rows;
-- * there are no constraints beside the key, because PostgreSQL would parse them anew in every heartbeat.
CREATE TABLE "${prefix}session" (
    id bigint NOT NULL PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    inbox bigint NOT NULL,
    ttl interval NOT NULL,
    grace interval NOT NULL, -- how long the others wait after it has expired before they mark it dead
    started_at timestamptz NOT NULL,
    weight integer NOT NULL,
    state text NOT NULL, -- live or dead
    client_id text NOT NULL,
    host text,
    pid bigint,
    version text
) WITH (
    fillfactor = 25,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 5000,
    vacuum_truncate = false
);

-- The row is the lock under which its partitions are assigned.
CREATE TABLE "${prefix}lease" (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('partitions', 'leader', 'tasks')),
    partitions integer NOT NULL CHECK (partitions >= 0),
    generation bigint NOT NULL DEFAULT 0, -- grows with every transaction that changes a member or a partition
    changed_at timestamptz NOT NULL, -- when a member was added or removed
    least_token bigint NOT NULL DEFAULT 0 -- no partition that is created from now on may have a smaller token
) WITH (fillfactor = 50);

-- Who takes part in a lease.
CREATE TABLE "${prefix}member" (
    lease text COLLATE "C" NOT NULL,
    session_id bigint NOT NULL,
    yields_until timestamptz, -- resigned: others first until then
    PRIMARY KEY (lease, session_id)
);
CREATE INDEX "${prefix}member_session_idx" ON "${prefix}member" (session_id);

-- Who owns what. Written only when a partition moves; a fenced transaction locks the row FOR KEY SHARE.
CREATE TABLE "${prefix}partition" (
    lease text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    session_id bigint, -- the owner
    pending_session_id bigint, -- to whom the owner is asked to hand it over
    token bigint NOT NULL,
    since timestamptz NOT NULL, -- when it got its owner
    PRIMARY KEY (lease, partition)
);
CREATE INDEX "${prefix}partition_session_idx" ON "${prefix}partition" (session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX "${prefix}partition_pending_idx" ON "${prefix}partition" (pending_session_id)
    WHERE pending_session_id IS NOT NULL;

-- One row for each life of the database: a new timeline, or a new system, may have lost acknowledged commits. The nonce
-- is random, as two standbys that do not know of each other may be promoted to the same timeline.
CREATE TABLE "${prefix}incarnation" (
    system_id text NOT NULL,
    timeline bigint NOT NULL,
    nonce uuid NOT NULL,
    first_seen timestamptz NOT NULL,
    quiet_until timestamptz NOT NULL, -- until then nobody takes up a grant that it does not already hold
    largest_ttl interval NOT NULL, -- of all sessions ever opened
    largest_grace interval NOT NULL, -- of all sessions ever opened
    PRIMARY KEY (system_id, timeline)
);

-- The life in which the tables are created has lost nothing, so it needs no quiet time. Where the functions are not
-- available, the start of the server stands in their place.
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
