package io.github.dbleases.sample;

import com.zaxxer.hikari.HikariDataSource;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A new database with the tables of the order desk. */
public final class DeskDatabase implements AutoCloseable {

    private final HikariDataSource dataSource = new HikariDataSource();

    /** Creates all tables. */
    public DeskDatabase() {
        this(MigrationVersion.LATEST);
    }

    /** Creates the tables of a version. */
    public DeskDatabase(MigrationVersion version) {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        dataSource.setJdbcUrl(database.jdbcUrl());
        dataSource.setUsername(database.user());
        dataSource.setPassword(database.password());
        dataSource.setMaximumPoolSize(6);
        dataSource.setMinimumIdle(0);
        migrate(version);
    }

    /** Migrates the tables to a version. */
    public void migrate(MigrationVersion version) {
        Flyway.configure().dataSource(dataSource).target(version).load().migrate();
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(dataSource);
    }

    @Override
    public void close() {
        dataSource.close();
    }
}
