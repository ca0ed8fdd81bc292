package io.github.dbleases.postgres;

/** The statements of a transaction. */
record TransactionParts(
        LeaseRows leases,
        SnapshotQuery snapshots,
        PartitionChanges partitions,
        SessionChanges sessions,
        String isLive,
        String isExpired) {

    private static final String IS_LIVE = "SELECT EXISTS (SELECT FROM {session} WHERE id = ? AND state = 'live')";

    private static final String IS_EXPIRED =
            "SELECT NOT EXISTS (SELECT FROM {session} WHERE id = ? AND expires_at >= clock_timestamp())";

    static TransactionParts of(StoreParts parts) {
        Tables tables = parts.tables();
        return new TransactionParts(
                new LeaseRows(tables),
                new SnapshotQuery(tables),
                new PartitionChanges(tables),
                new SessionChanges(tables, parts.notifications()),
                tables.in(IS_LIVE),
                tables.in(IS_EXPIRED));
    }
}
