ALTER TABLE email_outbox
    ADD COLUMN due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN given_up_at timestamptz,
    DROP COLUMN answer;

COMMENT ON COLUMN email_outbox.due_at IS 'the email is not tried before this time; each failure moves it';
COMMENT ON COLUMN email_outbox.given_up_at IS 'when it was given up, after its last attempt or because the mailbox does not exist';

-- Fresh emails and retries have an index each, so that neither kind has to pass the rows of the other.
DROP INDEX email_outbox_pending;
CREATE INDEX email_outbox_fresh ON email_outbox (due_at, id)
    WHERE sent_at IS NULL AND given_up_at IS NULL AND attempts = 0;
CREATE INDEX email_outbox_retries ON email_outbox (due_at, id)
    WHERE sent_at IS NULL AND given_up_at IS NULL AND attempts > 0;

ALTER TABLE desk_email_verdict RENAME put_aside TO given_up;
