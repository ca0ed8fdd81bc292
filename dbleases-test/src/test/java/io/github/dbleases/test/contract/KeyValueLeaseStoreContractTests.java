package io.github.dbleases.test.contract;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.MapBackend;
import io.github.dbleases.keyvalue.StoreOnSettableHost;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.jdbc.Databases;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import io.github.dbleases.spi.LeaseStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of a store on each key-value backend of this repository except for Google Cloud Storage. Abilities of
 * databases are not included: a key-value store has no locks, sends no hints, tells every client about every change of
 * a lease, and keeps no dead sessions.
 */
class KeyValueLeaseStoreContractTests {

    @TempDir
    private Path directory;

    @Nested
    class OnMap extends LeaseStoreContract {

        OnMap() {
            super(() -> new KeyValueStoreUnderTest(new MapBackend()));
        }
    }

    @Nested
    class OnFiles extends LeaseStoreContract {

        OnFiles() {
            super(() -> new KeyValueStoreUnderTest(new FileBackend(directory.resolve("leases"))));
        }
    }

    @Nested
    class OnH2 extends LeaseStoreContract {

        OnH2() {
            super(() ->
                    new KeyValueStoreUnderTest(new JdbcBackend(Databases.h2(";DB_CLOSE_DELAY=-1"), Databases.CONFIG)));
        }
    }

    @Nested
    class OnSqlite extends LeaseStoreContract {

        OnSqlite() {
            super(() -> new KeyValueStoreUnderTest(new JdbcBackend(Databases.sqlite(directory), Databases.CONFIG)));
        }
    }

    private record KeyValueStoreUnderTest(KeyValueBackend backend, StoreOnSettableHost settable)
            implements StoreUnderTest {

        private KeyValueStoreUnderTest(KeyValueBackend backend) {
            this(backend, new StoreOnSettableHost(backend));
        }

        @Override
        public LeaseStore store() {
            return settable.store();
        }

        @Override
        public void letExpire(long session) {
            settable.advance(Duration.ofMinutes(4));
        }

        @Override
        public void close() throws Exception {
            if (backend instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
    }
}
