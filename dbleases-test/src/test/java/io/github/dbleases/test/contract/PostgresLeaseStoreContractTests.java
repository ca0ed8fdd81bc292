package io.github.dbleases.test.contract;

import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on the newest and the oldest supported server, and on the one that {@code dbleases.test.postgres} names. */
class PostgresLeaseStoreContractTests {

    @Nested
    class Newest extends DatabaseStoreContract {

        Newest() {
            super(() -> new PostgresUnderTest(PostgresServer.newest()));
        }
    }

    @Nested
    class Oldest extends DatabaseStoreContract {

        Oldest() {
            super(() -> new PostgresUnderTest(PostgresServer.oldest()));
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "dbleases.test.postgres", matches = ".+")
    class Additional extends DatabaseStoreContract {

        Additional() {
            super(() -> new PostgresUnderTest(PostgresServer.additional().orElseThrow()));
        }
    }

    /** A store on tables that all tests share and that are empty at first. */
    private static final class PostgresUnderTest implements StoreUnderTest {

        private static final Map<PostgresServer, DataSource> DATABASES = new ConcurrentHashMap<>();

        private final Sql sql;
        private final LeaseStore store;

        private PostgresUnderTest(PostgresServer server) {
            DataSource database = DATABASES.computeIfAbsent(server, PostgresUnderTest::createTables);
            sql = new Sql(database);
            store = new PostgresLeaseStore(database);
            sql.execute("DELETE FROM dbleases_session; DELETE FROM dbleases_lease; DELETE FROM dbleases_member;"
                    + "DELETE FROM dbleases_partition; DELETE FROM dbleases_event");
        }

        private static DataSource createTables(PostgresServer server) {
            DataSource database = server.freshDatabase().dataSource();
            try {
                PostgresSchema.create(database, PostgresStoreConfig.defaults());
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return database;
        }

        @Override
        public LeaseStore store() {
            return store;
        }

        @Override
        public void letExpire(long session) {
            sql.execute("UPDATE dbleases_session SET expires_at = clock_timestamp() - interval '2 minutes' WHERE id = "
                    + session);
        }
    }
}
