CREATE TABLE migrated_outbox (id text PRIMARY KEY, sent_at timestamptz, session_id bigint);
CREATE INDEX migrated_outbox_pending ON migrated_outbox (id) WHERE sent_at IS NULL;
INSERT INTO migrated_outbox (id) VALUES ('a');
