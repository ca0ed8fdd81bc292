package io.github.dbleases.keyvalue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the backend deals with failures and with the setup of the database. */
class JdbcBackendTests {

    private static final SQLException BROKEN = new SQLException("The connection broke", "08006");

    private final JdbcDataSource h2 = Databases.h2("");
    private final InterposedDataSource database = new InterposedDataSource(h2);
    private final JdbcBackend backend = new JdbcBackend(database, Databases.CONFIG);

    private Connection keepsTheDatabase;

    @BeforeEach
    void open() throws SQLException {
        keepsTheDatabase = h2.getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        backend.close();
        keepsTheDatabase.close();
    }

    @Test
    void eachVerbIsOneStatement() {
        String version = backend.put("lease/orders", "", null).orElseThrow();
        database.statements.clear();

        backend.get("lease/orders");
        String next = backend.put("lease/orders", "", version).orElseThrow();
        backend.list("lease/");
        backend.delete("lease/orders", next);
        backend.put("lease/orders", "", null);

        assertThat(database.statements).containsExactly("SELECT", "UPDATE", "SELECT", "DELETE", "INSERT");
    }

    @Test
    void aLostReplyLeavesOpenWhetherTheDocumentWasWritten() {
        String version = backend.put("lease/orders", "first", null).orElseThrow();
        database.failAfter("UPDATE", BROKEN);

        assertThatThrownBy(() -> backend.put("lease/orders", "second", version))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("The connection broke");

        assertThat(content("lease/orders")).contains("second");
    }

    @Test
    void aWriteWithALostReplyIsNotReportedAsAConflict() {
        backend.put("lease/customers", "", null);
        database.failAfter("INSERT", BROKEN);

        assertThatThrownBy(() -> backend.put("lease/orders", "first", null))
                .isInstanceOf(StoreUnavailableException.class);

        assertThat(content("lease/orders")).contains("first");
    }

    @Test
    void aStatementThatTookTooLongLeavesItsOutcomeOpen() {
        String version = backend.put("lease/orders", "first", null).orElseThrow();
        database.failAfter("DELETE", new SQLTimeoutException("The statement was cancelled"));

        assertThatThrownBy(() -> backend.delete("lease/orders", version)).isInstanceOf(StoreUnavailableException.class);

        assertThat(backend.delete("lease/orders", version)).isFalse();
    }

    @Test
    void aConnectionThatBrokeIsClosedAndNotUsedAgain() {
        backend.get("lease/orders");
        Connection broken = database.open.get(0);
        database.failBefore("SELECT", BROKEN);

        assertThatThrownBy(() -> backend.get("lease/orders")).isInstanceOf(StoreUnavailableException.class);

        assertThat(database.open).isEmpty();
        assertThat(backend.get("lease/orders")).isEmpty();
        assertThat(database.open).hasSize(1).doesNotContain(broken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT", "SELECT"})
    void aStatementIsRetriedAfterAConflict(String statement) {
        backend.get("lease/orders");
        database.failBefore(statement, new SQLException("A deadlock", "40001"));

        backend.put("lease/orders", "first", null);

        assertThat(content("lease/orders")).contains("first");
        assertThat(database.open).hasSize(1);
    }

    @Test
    void anExistingRowIsNoFailureWhateverTheDriverReports() {
        String version = backend.put("lease/orders", "first", null).orElseThrow();
        database.failBefore("INSERT", new SQLException("[SQLITE_CONSTRAINT_PRIMARYKEY]", null, 19));

        assertThat(backend.put("lease/orders", "second", null)).isEmpty();

        assertThat(backend.get("lease/orders")).contains(new Document("first", version));
    }

    @Test
    void aRowThatExistedAndIsGoneIsWritten() {
        backend.get("lease/orders");
        database.failBefore("INSERT", new SQLException("Unique index or primary key violation", "23505"));

        assertThat(backend.put("lease/orders", "first", null)).isPresent();
    }

    @Test
    void aTableThatAnotherProcessCreatesInTheMeantimeIsUsedWhateverTheDriverReports() {
        try (JdbcBackend other = new JdbcBackend(h2, Databases.CONFIG)) {
            other.put("lease/orders", "first", null);
        }
        database.failBefore("SELECT", new SQLException("[SQLITE_ERROR] (no such table: dbleases_document)"));

        assertThat(content("lease/orders")).contains("first");
    }

    @Test
    void anUnknownFailureMeansThatTheDatabaseIsUnavailable() {
        backend.get("lease/orders");
        database.failBefore("SELECT", new SQLException("The disk is full", "53100"));

        assertThatThrownBy(() -> backend.get("lease/orders"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("The disk is full");
    }

    @Test
    void aDatabaseThatCannotBeReachedIsUnavailable() {
        JdbcBackend nowhere = new JdbcBackend(Databases.h2(";IFEXISTS=TRUE"), Databases.CONFIG);

        assertThatThrownBy(() -> nowhere.list("")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void fewIdleConnectionsAreKeptAndTheyAreClosedAtTheEnd() {
        backend.get("lease/orders");
        assertThat(database.open).hasSize(1);

        backend.close();
        assertThat(database.open).isEmpty();

        backend.get("lease/orders");
        assertThat(database.open).hasSize(1);
    }

    @Test
    void theMessageForAMissingTableHasTheStatementThatCreatesIt() {
        JdbcBackend strict =
                new JdbcBackend(h2, new JdbcBackendConfig("PUBLIC.leases_here", false, Duration.ofSeconds(5)));

        assertThatThrownBy(() -> strict.get("lease/orders"))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The table PUBLIC.leases_here does not exist.")
                .hasMessageContaining("set createTable to true")
                .hasMessageContaining("CREATE TABLE PUBLIC.leases_here (")
                .hasMessageContaining("doc_content CHARACTER LARGE OBJECT");
        strict.close();
    }

    @Test
    void theStatementInTheMessageCreatesTheTable() throws SQLException {
        try (JdbcBackend strict = new JdbcBackend(h2, new JdbcBackendConfig("leases", false, Duration.ofSeconds(5)));
                Statement statement = keepsTheDatabase.createStatement()) {
            try {
                strict.get("lease/orders");
            } catch (StoreUnusableException missing) {
                statement.execute(missing.remedy().substring(missing.remedy().indexOf("CREATE TABLE")));
            }

            assertThat(strict.put("lease/orders", "", null)).isPresent();
        }
    }

    @Test
    void aMissingTableIsReportedOnSqliteToo(@TempDir Path directory) {
        try (JdbcBackend strict = new JdbcBackend(
                Databases.sqlite(directory), new JdbcBackendConfig("leases", false, Duration.ofSeconds(5)))) {
            assertThatThrownBy(() -> strict.list(""))
                    .isInstanceOf(StoreUnusableException.class)
                    .hasMessageContaining("The table leases does not exist.")
                    .hasMessageContaining("doc_content TEXT");
        }
    }

    @Test
    void aUserWhoMayNotCreateTheTableGetsTheStatement() throws SQLException {
        try (Statement statement = keepsTheDatabase.createStatement()) {
            statement.execute("CREATE USER reader PASSWORD ''");
        }
        try (JdbcBackend reader = new JdbcBackend(as("READER"), Databases.CONFIG)) {
            assertThatThrownBy(() -> reader.put("lease/orders", "", null))
                    .isInstanceOf(StoreUnusableException.class)
                    .hasMessageContaining("does not exist and cannot be created")
                    .hasMessageContaining("CREATE TABLE dbleases_document (");
        }
    }

    @Test
    void missingPermissionsOnTheTableAreNamed() {
        backend.get("lease/orders");
        database.alwaysFail("INSERT", new SQLException("permission denied for table dbleases_document", "42501"));

        assertThatThrownBy(() -> backend.put("lease/customers", "", null))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The table dbleases_document cannot be used: permission denied")
                .hasMessageContaining("SELECT, INSERT, UPDATE and DELETE");
    }

    @Test
    void aTableWithOtherColumnsIsRefused() throws SQLException {
        try (Statement statement = keepsTheDatabase.createStatement()) {
            statement.execute("CREATE TABLE dbleases_document (id INTEGER)");
        }

        assertThatThrownBy(() -> backend.list(""))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The table must match this statement")
                .hasMessageContaining("CREATE TABLE dbleases_document (");
    }

    @Test
    void aTableWithTheSameNameInAnotherSchemaIsIgnored() throws SQLException {
        try (Statement statement = keepsTheDatabase.createStatement()) {
            statement.execute("CREATE SCHEMA other");
        }
        try (JdbcBackend other =
                new JdbcBackend(h2, new JdbcBackendConfig("other.dbleases_document", true, Duration.ofSeconds(5)))) {
            other.put("lease/orders", "", null);

            assertThat(backend.list("")).isEmpty();
            assertThat(other.list("")).hasSize(1);
        }
    }

    @Test
    void aDataSourceWithoutAutocommitWorksToo() {
        database.autocommit = false;
        try (JdbcBackend careful = new JdbcBackend(database, Databases.CONFIG)) {
            careful.put("lease/orders", "first", null);

            assertThat(careful.list("")).hasSize(1);
        }
        assertThat(content("lease/orders")).contains("first");
    }

    @Test
    void theTableIsReadable() throws SQLException {
        backend.put("lease/orders", "Zürich", null);

        try (Statement statement = keepsTheDatabase.createStatement();
                ResultSet row = statement.executeQuery("SELECT doc_key, doc_content FROM dbleases_document")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("lease/orders");
            assertThat(row.getString(2)).isEqualTo("Z\\u00fcrich");
        }
        assertThat(backend.place("lease/orders"))
                .isEqualTo("the row of dbleases_document where doc_key is 'lease/orders'");
    }

    @Test
    void anUnderscoreInAPrefixMatchesOnlyItself() {
        String version = backend.put("lease/a_b", "", null).orElseThrow();
        backend.put("lease/axb", "", null);

        assertThat(backend.list("lease/a_")).isEqualTo(Map.of("lease/a_b", version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b.c", "x; DROP TABLE y", "1a", "\"a\""})
    void anInvalidTableNameIsRefused(String table) {
        assertThatThrownBy(() -> new JdbcBackendConfig(table, true, Duration.ofSeconds(1)))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("table is '" + table + "'");
    }

    private DataSource as(String user) {
        JdbcDataSource other = new JdbcDataSource();
        other.setURL(h2.getURL());
        other.setUser(user);
        other.setPassword("");
        return other;
    }

    private Optional<String> content(String key) {
        return backend.get(key).map(Document::content);
    }
}
