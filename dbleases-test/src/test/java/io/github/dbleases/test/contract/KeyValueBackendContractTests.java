package io.github.dbleases.test.contract;

import io.github.dbleases.keyvalue.MapBackend;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.jdbc.Databases;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import io.github.dbleases.keyvalue.jdbc.JdbcBackendConfig;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of each backend of this repository except for Google Cloud Storage. */
class KeyValueBackendContractTests {

    @TempDir
    private Path directory;

    @Nested
    class Memory extends KeyValueBackendContract {

        Memory() {
            super(() -> {
                MapBackend documents = new MapBackend();
                return () -> documents;
            });
        }
    }

    @Nested
    class Files extends KeyValueBackendContract {

        Files() {
            super(() -> () -> new FileBackend(directory));
        }
    }

    @Nested
    class H2 extends KeyValueBackendContract {

        H2() {
            super(() -> table(Databases.h2("")));
        }
    }

    /** Compares text without regard to case, as MySQL and SQL Server do by default. */
    @Nested
    class CaseInsensitiveH2 extends KeyValueBackendContract {

        CaseInsensitiveH2() {
            super(() -> table(Databases.h2(";IGNORECASE=TRUE")));
        }
    }

    @Nested
    class Sqlite extends KeyValueBackendContract {

        Sqlite() {
            super(() -> table(Databases.sqlite(directory)));
        }
    }

    /** PostgreSQL has a better store of its own, but other databases also speak its protocol. */
    @Nested
    class Postgres extends KeyValueBackendContract {

        private static final DataSource DATABASE =
                PostgresServer.newest().freshDatabase().dataSource();

        Postgres() {
            super(() -> {
                dropTable(DATABASE);
                return table(DATABASE);
            });
        }

        private static void dropTable(DataSource database) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS " + JdbcBackendConfig.DEFAULT_TABLE);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static BackendUnderTest table(DataSource database) {
        return () -> new JdbcBackend(database, Databases.CONFIG);
    }
}
