package io.github.dbleases.postgres;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** A database with the tables, and methods for SQL that a test runs beside the store. */
final class TestTables {

    /** One for each thread, because classes run at the same time. */
    private static final ThreadLocal<Map<PostgresServer, TestTables>> SHARED = ThreadLocal.withInitial(HashMap::new);

    private final PostgresDatabase database;
    private final DataSource dataSource;
    private final Sql sql;

    private TestTables(PostgresDatabase database) {
        this.database = database;
        this.dataSource = database.dataSource();
        this.sql = new Sql(dataSource);
    }

    /** Returns the tables that all tests of this thread share on a server. Empty them first. */
    static TestTables on(PostgresServer server) {
        return SHARED.get().computeIfAbsent(server, TestTables::create);
    }

    /** Returns new tables. */
    static TestTables create(PostgresServer server) {
        TestTables tables = new TestTables(server.freshDatabase());
        try {
            PostgresSchema.create(tables.dataSource, PostgresStoreConfig.defaults());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return tables;
    }

    PostgresDatabase database() {
        return database;
    }

    DataSource dataSource() {
        return dataSource;
    }

    void empty() {
        execute("DELETE FROM dbleases_session; DELETE FROM dbleases_lease; DELETE FROM dbleases_member;"
                + "DELETE FROM dbleases_partition; DELETE FROM dbleases_event");
    }

    void execute(String statement) {
        sql.execute(statement);
    }

    /** Returns the first column of the first row as text. */
    String query(String query) {
        return sql.value(query);
    }

    long number(String query) {
        return sql.number(query);
    }
}
