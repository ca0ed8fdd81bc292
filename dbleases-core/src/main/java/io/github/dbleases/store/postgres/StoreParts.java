package io.github.dbleases.store.postgres;

import javax.sql.DataSource;

/**
 * What the lines of a store share.
 *
 * @param notifications whether clients are notified of changes
 */
record StoreParts(
        DataSource dataSource, Tables tables, StoreThreads threads, RunningProcess process, boolean notifications) {}
