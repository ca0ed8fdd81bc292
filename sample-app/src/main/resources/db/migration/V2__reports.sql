CREATE TABLE desk_report (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token      bigint      NOT NULL,
    written_by text        NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done       bigint      NOT NULL,
    waiting    bigint      NOT NULL,
    sales      bigint      NOT NULL,
    refunds    bigint      NOT NULL
);

COMMENT ON COLUMN desk_report.token IS 'the fencing token of the leader that wrote it';
COMMENT ON COLUMN desk_report.sales IS 'the sum of the done orders with a positive amount, in cents';
COMMENT ON COLUMN desk_report.refunds IS 'the sum of the done orders with a negative amount, in cents';

-- Always one row: the highest token that has written a report.
CREATE TABLE desk_report_fence (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    token  bigint  NOT NULL
);

INSERT INTO desk_report_fence (token) VALUES (0);
