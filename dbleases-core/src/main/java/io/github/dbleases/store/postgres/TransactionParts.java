package io.github.dbleases.store.postgres;

/** The statements of a transaction. */
record TransactionParts(
        LeaseRows leases,
        SnapshotQuery snapshots,
        PartitionChanges partitions,
        SessionChanges sessions,
        String isLive) {

    private static final String IS_LIVE = "SELECT EXISTS (SELECT FROM {session} WHERE id = ? AND state = 'live')";

    static TransactionParts of(StoreParts parts) {
        Tables tables = parts.tables();
        return new TransactionParts(
                new LeaseRows(tables),
                new SnapshotQuery(tables),
                new PartitionChanges(tables),
                new SessionChanges(tables, parts.notifications()),
                tables.in(IS_LIVE));
    }
}
