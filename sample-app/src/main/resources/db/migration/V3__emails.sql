ALTER TABLE desk_order ADD COLUMN email_due boolean NOT NULL DEFAULT true;

COMMENT ON COLUMN desk_order.email_due IS 'whether an email belongs to it; not to orders that were done before there were emails';

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
-- Each row is updated at least twice: room for that on its own page makes a claim cheap.
WITH (fillfactor = 60);

COMMENT ON TABLE email_outbox IS 'A second row of an order is not refused: the comparison is to show that an order was done twice.';
COMMENT ON COLUMN email_outbox.session_id IS 'the session in dbleases that holds the email';
COMMENT ON COLUMN email_outbox.attempts IS 'how often it was not sent';
COMMENT ON COLUMN email_outbox.error IS 'what went wrong the last time';
COMMENT ON COLUMN email_outbox.answer IS 'what the mail server said when it refused';

-- Without the session, so that a claim changes no index.
CREATE INDEX email_outbox_pending ON email_outbox (id) WHERE sent_at IS NULL;

-- So that no runner has to wait for the end of its interval.
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

COMMENT ON TABLE sent_email IS 'No key keeps an order from having two: the comparison is to show them.';

-- One row for each state in which nothing was left to send: who inserts it, tells.
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

COMMENT ON COLUMN desk_email_verdict.orders IS 'done orders to which an email belongs';
COMMENT ON COLUMN desk_email_verdict.sent IS 'emails in sent_email';

CREATE TABLE desk_wrong_email (
    orders   bigint NOT NULL,
    sent     bigint NOT NULL,
    order_id bigint NOT NULL,
    times    bigint NOT NULL,
    PRIMARY KEY (orders, sent, order_id),
    FOREIGN KEY (orders, sent) REFERENCES desk_email_verdict
);

COMMENT ON COLUMN desk_wrong_email.times IS 'how often the email of the order was sent';
