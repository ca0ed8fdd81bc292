package io.github.dbleases.keyvalue.jdbc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Empty databases for tests. */
public final class Databases {

    /** Long, so that no statement times out on a slow machine. */
    public static final JdbcBackendConfig CONFIG = JdbcBackendConfig.defaults(Duration.ofSeconds(30));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Databases() {}

    /** In memory. It is gone when its last connection is closed, unless the settings keep it. */
    public static JdbcDataSource h2(String settings) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:documents" + NUMBER.incrementAndGet() + settings);
        dataSource.setUser("sa");
        dataSource.setPassword("");
        return dataSource;
    }

    /** In a file that need not survive a power failure. */
    public static DataSource sqlite(Path directory) {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        SQLiteDataSource dataSource = new SQLiteDataSource(config);
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("documents.db"));
        return dataSource;
    }
}
