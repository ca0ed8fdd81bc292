package io.github.dbleases.testing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PostgresServerTests {

    @Test
    void theNewestAndTheOldestServerRunSideBySide() throws SQLException {
        assertThat(show(PostgresServer.newest().dataSource(), "server_version")).startsWith("18.");
        assertThat(show(PostgresServer.oldest().dataSource(), "server_version")).startsWith("14.");
    }

    @Test
    void aServerIsStartedOnceForAllTests() {
        assertThat(PostgresServer.newest()).isSameAs(PostgresServer.newest());
    }

    @Test
    void aSharedServerCanNeitherBeStoppedNorClosed() throws SQLException {
        PostgresServer server = PostgresServer.newest();

        assertThatThrownBy(server::stopImmediate).isInstanceOf(UnsupportedOperationException.class);
        server.close();

        assertThat(query(server.dataSource(), "SELECT 1")).isEqualTo("1");
    }

    @ParameterizedTest
    @MethodSource("io.github.dbleases.testing.postgres.PostgresServer#all")
    void everyFreshDatabaseIsEmptyAndNew(PostgresServer server) throws SQLException {
        PostgresDatabase first = server.freshDatabase();
        PostgresDatabase second = server.freshDatabase();

        execute(first.dataSource(), "CREATE TABLE thing (id int)");
        execute(second.dataSource(), "CREATE TABLE thing (id int)");

        assertThat(show(server.dataSource(), "max_connections")).isEqualTo("300");
    }

    @ParameterizedTest
    @EnumSource(PostgresVersion.class)
    void aPrivateServerKeepsItsPortItsSettingsAndItsDataThroughACrash(PostgresVersion version) throws SQLException {
        try (PostgresServer server = PostgresServer.privateServer(version, Map.of("max_connections", "17"))) {
            PostgresDatabase database = server.freshDatabase();
            execute(database.dataSource(), "CREATE TABLE thing AS SELECT 42 AS id");
            int port = server.port();

            try (Connection connection = database.dataSource().getConnection()) {
                server.stopImmediate();
                assertThat(connection.isValid(1)).isFalse();
                assertThatThrownBy(() -> database.dataSource().getConnection().close())
                        .isInstanceOf(SQLException.class);
                server.start();
            }

            assertThat(server.port()).isEqualTo(port);
            assertThat(query(database.dataSource(), "SELECT id FROM thing")).isEqualTo("42");
            assertThat(show(server.dataSource(), "max_connections")).isEqualTo("17");
        }
    }

    @Test
    void aPrivateServerStopsOnRequestAndStartsAgain() throws SQLException {
        try (PostgresServer server = PostgresServer.privateServer(Map.of())) {
            server.stopFast();
            server.start();
            server.restartImmediate();
            assertThat(query(server.dataSource(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void standbysFollowTheirPrimaryAndCanBePromotedToTheSameTimeline() throws SQLException {
        String timeline = "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";
        try (PostgresServer primary = PostgresServer.privateLocalServer(Map.of());
                PostgresServer one = primary.standby();
                PostgresServer other = primary.standby()) {
            primary.execute("CREATE TABLE thing AS SELECT 42 AS id");
            for (PostgresServer standby : List.of(one, other)) {
                await().ignoreExceptions()
                        .untilAsserted(() -> assertThat(query(standby.dataSource(), "SELECT id FROM thing"))
                                .isEqualTo("42"));
            }
            primary.stopImmediate();

            for (PostgresServer standby : List.of(one, other)) {
                assertThat(query(standby.dataSource(), "SELECT pg_promote()")).isEqualTo("t");
                assertThat(query(standby.dataSource(), timeline)).isEqualTo("00000002");
            }
        }
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> PostgresServer.privateServer(Map.of("no_such_setting", "1")))
                .hasMessageContaining("no_such_setting");
    }

    private static String show(DataSource dataSource, String setting) throws SQLException {
        return query(dataSource, "SHOW " + setting);
    }

    private static String query(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
