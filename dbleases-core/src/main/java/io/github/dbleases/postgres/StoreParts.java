package io.github.dbleases.postgres;

import javax.sql.DataSource;

/**
 * What the lines of a store share.
 *
 * @param notifications whether clients are notified of changes
 * @param found the incarnation that the lines have found last
 */
record StoreParts(
        DataSource dataSource,
        Tables tables,
        StoreThreads threads,
        RunningProcess process,
        boolean notifications,
        FoundIncarnation found) {

    static StoreParts of(DataSource dataSource, PostgresStoreConfig config) {
        return new StoreParts(
                dataSource,
                new Tables(config),
                new StoreThreads(),
                RunningProcess.current(),
                config.notifications(),
                new FoundIncarnation());
    }
}
