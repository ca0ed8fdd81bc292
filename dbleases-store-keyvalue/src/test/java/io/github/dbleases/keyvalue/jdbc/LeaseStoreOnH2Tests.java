package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStoreContract;
import org.junit.jupiter.api.AfterEach;

/** The contract of a store on a table in H2. */
class LeaseStoreOnH2Tests extends KeyValueLeaseStoreContract {

    private final JdbcBackend backend = new JdbcBackend(Databases.h2(";DB_CLOSE_DELAY=-1"), Databases.CONFIG);

    @AfterEach
    void disconnect() {
        backend.close();
    }

    @Override
    protected KeyValueBackend backend() {
        return backend;
    }
}
