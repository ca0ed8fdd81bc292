package io.github.dbleases.tasks.figures;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** Connection pools like those of applications. */
final class Pools {

    private Pools() {}

    /** Opens all connections at once, so that connecting is not measured. */
    static HikariDataSource open(DataSource database, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database);
        config.setMaximumPoolSize(size);
        HikariDataSource pool = new HikariDataSource(config);
        try {
            while (pool.getHikariPoolMXBean().getTotalConnections() < size) {
                Thread.onSpinWait();
            }
            return pool;
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }
}
