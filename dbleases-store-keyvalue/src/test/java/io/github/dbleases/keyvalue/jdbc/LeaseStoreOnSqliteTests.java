package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a store on a table in SQLite. */
class LeaseStoreOnSqliteTests extends KeyValueLeaseStoreContract {

    @TempDir
    private Path directory;

    private JdbcBackend backend;

    @AfterEach
    void disconnect() {
        backend.close();
    }

    @Override
    protected KeyValueBackend backend() {
        if (backend == null) {
            backend = new JdbcBackend(Databases.sqlite(directory), Databases.CONFIG);
        }
        return backend;
    }
}
