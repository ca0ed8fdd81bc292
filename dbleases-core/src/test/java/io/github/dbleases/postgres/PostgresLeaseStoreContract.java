package io.github.dbleases.postgres;

import io.github.dbleases.spi.DatabaseStoreContract;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.testing.postgres.PostgresServer;
import org.junit.jupiter.api.BeforeEach;

/** The contract of a store, on one server. */
abstract class PostgresLeaseStoreContract extends DatabaseStoreContract {

    private final TestTables tables;
    private final LeaseStore store;

    PostgresLeaseStoreContract(PostgresServer server) {
        this.tables = TestTables.on(server);
        this.store = new PostgresLeaseStore(tables.dataSource());
    }

    @BeforeEach
    void emptyTables() {
        tables.empty();
    }

    @Override
    protected LeaseStore store() {
        return store;
    }

    @Override
    protected void letExpire(long session) {
        tables.execute("UPDATE dbleases_session SET expires_at = clock_timestamp() - interval '2 minutes' WHERE id = "
                + session);
    }
}
