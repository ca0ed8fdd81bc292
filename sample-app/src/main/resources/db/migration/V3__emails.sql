ALTER TABLE desk_order ADD COLUMN email_due boolean NOT NULL DEFAULT true;

COMMENT ON COLUMN desk_order.email_due IS 'whether the order has an email; false for orders that were done before there were emails';

UPDATE desk_order SET email_due = false WHERE done_at IS NOT NULL;

CREATE TABLE email_outbox (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint      NOT NULL REFERENCES desk_order,
    address    text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    session_id bigint,
    attempts   integer     NOT NULL DEFAULT 0,
    error      text,
    answer     text,
    sent_at    timestamptz
)
-- Each row is updated at least twice. Room for that on its own page makes a claim cheap.
WITH (fillfactor = 60);

COMMENT ON TABLE email_outbox IS 'An order may have two rows, so that the check reveals an order that was done twice.';
COMMENT ON COLUMN email_outbox.session_id IS 'the dbleases session that holds the email';
COMMENT ON COLUMN email_outbox.attempts IS 'the number of failed attempts';
COMMENT ON COLUMN email_outbox.error IS 'the last failure';
COMMENT ON COLUMN email_outbox.answer IS 'the answer of the mail server that refused it';

-- Has no session column, so that a claim changes no index.
CREATE INDEX email_outbox_pending ON email_outbox (id) WHERE sent_at IS NULL;

-- Wakes the runners before their interval ends.
CREATE FUNCTION email_outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('email_outbox', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER email_outbox_notify AFTER INSERT ON email_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION email_outbox_notify();

CREATE TABLE sent_email (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint      NOT NULL,
    address  text        NOT NULL,
    sent_by  text        NOT NULL,
    sent_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE sent_email IS 'An order may have two rows, so that the check reveals duplicate emails.';

-- One row for each time that nothing was left to send: the instance that inserts it reports the result.
CREATE TABLE desk_email_verdict (
    orders     bigint      NOT NULL,
    sent       bigint      NOT NULL,
    put_aside  bigint      NOT NULL,
    lost       bigint      NOT NULL,
    doubled    bigint      NOT NULL,
    checked_by text        NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (orders, sent)
);

COMMENT ON COLUMN desk_email_verdict.orders IS 'done orders that have an email';
COMMENT ON COLUMN desk_email_verdict.sent IS 'emails in sent_email';

CREATE TABLE desk_wrong_email (
    orders   bigint NOT NULL,
    sent     bigint NOT NULL,
    order_id bigint NOT NULL,
    times    bigint NOT NULL,
    PRIMARY KEY (orders, sent, order_id),
    FOREIGN KEY (orders, sent) REFERENCES desk_email_verdict
);

COMMENT ON COLUMN desk_wrong_email.times IS 'the number of times that the email of the order was sent';
