package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueBackendContract;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on a table; each process has connections of its own. */
abstract class JdbcBackendContract extends KeyValueBackendContract {

    private JdbcBackend one;
    private JdbcBackend two;

    /** Returns a database without the table. */
    abstract DataSource database();

    @BeforeEach
    void connect() {
        DataSource database = database();
        one = new JdbcBackend(database, Databases.CONFIG);
        two = new JdbcBackend(database, Databases.CONFIG);
    }

    @AfterEach
    void disconnect() {
        one.close();
        two.close();
    }

    @Override
    protected KeyValueBackend backend() {
        return one;
    }

    @Override
    protected KeyValueBackend another() {
        return two;
    }
}
