-- What happened to sessions, leases and elections. Rows are only added, and deleted when they are older than the
-- retention. No other table refers to this one, so versions that don't know it work as before.
CREATE TABLE "${prefix}event" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    type text NOT NULL,
    lease text COLLATE "C",
    partitions text, -- as ranges, such as 0-63,70
    token bigint, -- of a new leader
    session_id bigint, -- the session that the event is about, such as a new owner
    client_id text,
    from_session_id bigint, -- the previous owner
    from_client_id text,
    to_session_id bigint, -- the session that should receive what an owner was asked for
    to_client_id text,
    by_session_id bigint, -- the session that wrote the change
    by_client_id text,
    cause text,
    principal text, -- the person who asked for an operation
    detail text
);
CREATE INDEX "${prefix}event_lease_idx" ON "${prefix}event" (lease, id) WHERE lease IS NOT NULL;
CREATE INDEX "${prefix}event_session_idx" ON "${prefix}event" (session_id, id) WHERE session_id IS NOT NULL;
