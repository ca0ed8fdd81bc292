package io.github.dbleases.sample;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.stereotype.Component;

/**
 * Lets instances that start at the same time migrate one after the other. Flyway itself takes a lock only when its history
 * table exists, and one of several instances that create the table can fail.
 */
@Component
class SampleMigrations implements FlywayMigrationStrategy {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('order desk migration', 0))";

    private final DataSource dataSource;

    SampleMigrations(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void migrate(Flyway flyway) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(LOCK);
            flyway.migrate();
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException("The tables of the order desk cannot be migrated", e);
        }
    }
}
