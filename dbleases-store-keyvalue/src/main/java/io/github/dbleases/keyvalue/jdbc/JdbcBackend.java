package io.github.dbleases.keyvalue.jdbc;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps documents in one table of a database. All processes must write to the same server. Conditions are not reliable
 * with a lagging replica or with several servers that accept writes.
 *
 * <p>The data source should open new connections instead of taking them from the application's pool, and should have a
 * connect timeout. At most two idle connections stay open. If the driver supports it, a statement ends after the
 * configured timeout. Any number of threads may use a backend.
 */
public final class JdbcBackend implements KeyValueBackend, AutoCloseable {

    private static final int TRIES = 4;

    private final Connections connections;
    private final TableDefinition definition;
    private final DocumentTable table;
    private final JdbcBackendConfig config;

    /** Whether a statement on the table has succeeded. */
    private volatile boolean tableUsed;

    /** Creates a backend. It connects when it is first used. */
    public JdbcBackend(DataSource dataSource, JdbcBackendConfig config) {
        this.connections = new Connections(dataSource, config.timeout());
        this.definition = new TableDefinition(config.table());
        this.table = new DocumentTable(config.table(), config.timeout());
        this.config = config;
    }

    @Override
    public Optional<Document> get(String key) {
        return call(connection -> table.select(connection, key));
    }

    @Override
    public Optional<String> put(String key, String content, @Nullable String ifVersion) {
        String version = UUID.randomUUID().toString().replace("-", "");
        Document document = new Document(content, version);
        boolean written = call(connection -> ifVersion == null
                ? insert(connection, key, document)
                : table.update(connection, key, document, ifVersion));
        return written ? Optional.of(version) : Optional.empty();
    }

    /** Databases report an existing row as an error, and not every driver says which kind of error it is. */
    private boolean insert(Connection connection, String key, Document document) throws SQLException {
        try {
            table.insert(connection, key, document);
            return true;
        } catch (SQLException e) {
            if (!Failures.leavesOutcomeOpen(e) && isThere(connection, key, e)) {
                return false;
            }
            throw e;
        }
    }

    private boolean isThere(Connection connection, String key, SQLException refusal) throws SQLException {
        try {
            return table.select(connection, key).isPresent();
        } catch (SQLException further) {
            refusal.addSuppressed(further);
            throw refusal;
        }
    }

    @Override
    public boolean delete(String key, String ifVersion) {
        return call(connection -> table.delete(connection, key, ifVersion));
    }

    @Override
    public Map<String, String> list(String prefix) {
        return call(connection -> table.list(connection, prefix));
    }

    @Override
    public String place(String key) {
        return "the row of %s where doc_key is '%s'".formatted(config.table(), key);
    }

    /** Closes the idle connections. The backend can still be used and connects again. */
    @Override
    public void close() {
        connections.close();
    }

    @Override
    public String toString() {
        return "table " + config.table();
    }

    private <T> T call(Call<T> call) {
        boolean tableKnown = tableUsed;
        for (int tried = 1; ; tried++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreUnavailableException("The call was interrupted before it reached the database.");
            }
            Connection connection = connect();
            try {
                T result = call.on(connection);
                connections.giveBack(connection);
                tableUsed = true;
                return result;
            } catch (SQLException e) {
                settle(connection, e, tried, tableKnown);
            } catch (RuntimeException e) {
                connections.discard(connection);
                throw e;
            }
        }
    }

    private Connection connect() {
        try {
            return connections.take();
        } catch (SQLException e) {
            if (e.getCause() instanceof DbLeasesException explained) {
                // The data source has explained the failure and named its target.
                throw explained;
            }
            throw new StoreUnavailableException("Cannot connect to the database: " + e.getMessage(), e);
        }
    }

    /** Gives the connection back or discards it. Returns if nothing was written and the call may be retried. */
    private void settle(Connection connection, SQLException e, int tried, boolean tableKnown) {
        boolean again = false;
        try {
            again = !Failures.leavesOutcomeOpen(e) && mayBeTriedAgain(connection, e, tried, tableKnown);
        } catch (SQLException further) {
            e.addSuppressed(further);
        } finally {
            if (again) {
                connections.giveBack(connection);
            } else {
                connections.discard(connection);
            }
        }
        if (!again) {
            throw new StoreUnavailableException("The database failed: " + e.getMessage(), e);
        }
    }

    private boolean mayBeTriedAgain(Connection connection, SQLException e, int tried, boolean tableKnown)
            throws SQLException {
        if (Failures.isConflict(e) || Failures.isConstraintViolation(e)) {
            return tried < TRIES;
        }
        if (!definition.exists(connection)) {
            if (!config.createTable()) {
                throw missing(connection);
            }
            create(connection);
            return tried < TRIES;
        }
        if (Failures.isRefusal(e) && tried == TRIES) {
            throw refused(connection, e);
        }
        // Another process may have created the table since. Some drivers don't report that a table is missing.
        return Failures.isRefusal(e) || (e.getSQLState() == null && !tableKnown && tried < TRIES);
    }

    /** Creates the table, unless another process is faster. */
    private void create(Connection connection) throws SQLException {
        try {
            definition.create(connection);
        } catch (SQLException e) {
            if (Failures.leavesOutcomeOpen(e)) {
                throw e;
            }
            // A violated key is one of the catalog's: another process is creating the table, and has not committed it
            // yet.
            boolean isBeingCreated = Failures.isConflict(e) || Failures.isConstraintViolation(e);
            if (!isBeingCreated && !definition.exists(connection)) {
                throw new StoreUnusableException(
                        "The table %s does not exist and cannot be created: %s."
                                .formatted(config.table(), e.getMessage()),
                        "Create it as a user with the required privileges:%n%s"
                                .formatted(definition.statement(connection)));
            }
        }
    }

    private StoreUnusableException missing(Connection connection) throws SQLException {
        return new StoreUnusableException(
                "The table %s does not exist.".formatted(config.table()),
                "Set table to an existing table, set createTable to true, or create the table:%n%s"
                        .formatted(definition.statement(connection)),
                "createTable",
                "table");
    }

    private StoreUnusableException refused(Connection connection, SQLException e) throws SQLException {
        return new StoreUnusableException(
                "The table %s cannot be used: %s.".formatted(config.table(), e.getMessage()),
                "Grant the user SELECT, INSERT, UPDATE and DELETE on it. The table must match this statement:%n%s"
                        .formatted(definition.statement(connection)));
    }

    /** One operation on a connection. */
    @FunctionalInterface
    private interface Call<T> {

        T on(Connection connection) throws SQLException;
    }
}
