package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** PostgreSQL has a better store of its own, but what speaks its language may be another database. */
class PostgresBackendTests extends JdbcBackendContract {

    private static final DataSource DATABASE =
            PostgresServer.newest().freshDatabase().dataSource();

    @Override
    DataSource database() {
        try (Connection connection = DATABASE.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + JdbcBackendConfig.DEFAULT_TABLE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return DATABASE;
    }
}
