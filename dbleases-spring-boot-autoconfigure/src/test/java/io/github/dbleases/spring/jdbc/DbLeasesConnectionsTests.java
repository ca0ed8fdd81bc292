package io.github.dbleases.spring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

class DbLeasesConnectionsTests {

    private static final ConnectionOverrides NONE = new ConnectionOverrides("dbleases.connection", null, null, null);

    private static final PostgresDatabase DATABASE = PostgresServer.newest().freshDatabase();
    private static final Sql SQL = new Sql(DATABASE.dataSource());

    private final LeaseClientConfig config =
            LeaseClientConfig.builder().clientId("host-1").build();
    private final HikariDataSource pool = new HikariDataSource();

    DbLeasesConnectionsTests() {
        pool.setJdbcUrl(DATABASE.jdbcUrl());
        pool.setUsername(DATABASE.user());
        pool.setPassword(DATABASE.password());
        pool.setMaximumPoolSize(1);
        pool.setMinimumIdle(0);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void connectionsAreNotTakenFromThePool() throws Exception {
        try (Connection exhausting = pool.getConnection();
                Connection own = derived(pool).forLeases().getConnection()) {
            assertThat(exhausting.isValid(1)).isTrue();
            assertThat(own.isValid(1)).isTrue();
            assertThat(own).isInstanceOf(PGConnection.class);
        }
    }

    @Test
    void eachCallOpensAConnection() throws Exception {
        DataSource own = derived(pool).forLeases();

        try (Connection one = own.getConnection();
                Connection other = own.getConnection()) {
            assertThat(backend(one)).isNotEqualTo(backend(other));
        }
    }

    @Test
    void theConnectionsCanBeToldApartInTheDatabase() throws Exception {
        DbLeasesConnections connections = derived(pool);

        assertThat(show(connections.forLeases(), "application_name")).isEqualTo("dbleases host-1");
        assertThat(show(connections.forMigration(NONE), "application_name")).isEqualTo("dbleases migration");
        assertThat(show(connections.forValidation(NONE), "application_name")).isEqualTo("dbleases validation");
    }

    @Test
    void settingsInTheUrlOfTheApplicationDoNotReplaceTheOwnOnes() throws Exception {
        pool.setJdbcUrl(DATABASE.jdbcUrl() + "?socketTimeout=600&ApplicationName=shop&options=-c%20work_mem=5MB");

        DataSource own = derived(pool).forLeases();

        assertThat(show(own, "application_name")).isEqualTo("dbleases host-1");
        assertThat(show(own, "work_mem")).isEqualTo("5MB");
        try (Connection connection = own.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(1000);
        }
    }

    @Test
    void timeoutsAreWholeSecondsThatAreNotTooShort() {
        Map<String, String> settings =
                DriverSettings.forLeases("host-1", config.timing()).values();

        assertThat(settings)
                .containsEntry("connectTimeout", "1")
                .containsEntry("loginTimeout", "1")
                .containsEntry("socketTimeout", "1")
                .containsEntry("tcpKeepAlive", "true");
        assertThat(DriverSettings.forMigration().values()).containsEntry("socketTimeout", "0");
    }

    @Test
    void whatThePoolTellsTheDriverIsKept() throws Exception {
        SQL.execute("CREATE SCHEMA IF NOT EXISTS \"App\"");
        pool.addDataSourceProperty("options", "-c work_mem=6MB");
        pool.setSchema("App");

        DataSource own = derived(pool).forLeases();

        assertThat(show(own, "work_mem")).isEqualTo("6MB");
        try (Connection connection = own.getConnection()) {
            assertThat(connection.getSchema()).isEqualTo("App");
        }
    }

    @Test
    void aPasswordThatThePoolIsGivenLaterIsUsed() throws Exception {
        SQL.execute("CREATE ROLE rotating LOGIN PASSWORD 'first'");
        DataSource own = derived(pool).forLeases();

        pool.setUsername("rotating");
        pool.setPassword("first");

        assertThat(show(own, "role_user")).isEqualTo("rotating");
    }

    @Test
    void aDataSourceIsFoundBehindItsWrappers() throws Exception {
        DataSource wrapped = new LazyConnectionDataSourceProxy(new TransactionAwareDataSourceProxy(pool));
        ProxyFactory proxy = new ProxyFactory(wrapped);
        proxy.setProxyTargetClass(true);

        assertThat(show(derived((DataSource) proxy.getProxy()).forLeases(), "application_name"))
                .isEqualTo("dbleases host-1");
    }

    @Test
    void theDriversOwnDataSourceIsUnderstood() throws Exception {
        PGSimpleDataSource driver = (PGSimpleDataSource) DATABASE.dataSource();

        assertThat(show(derived(driver).forLeases(), "application_name")).isEqualTo("dbleases host-1");
    }

    @Test
    void aDataSourceThatDoesNotTellItsAddressIsRefused() {
        assertThatThrownBy(() -> derived(new Routing()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining(Routing.class.getName());
        assertThatThrownBy(() -> derived(new Exotic())).isInstanceOf(InvalidConfigurationException.class);
        HikariDataSource withoutUrl = new HikariDataSource();
        withoutUrl.setDataSourceClassName(PGSimpleDataSource.class.getName());
        assertThatThrownBy(() -> derived(withoutUrl)).isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void aUrlOfItsOwnReplacesTheDataSource() throws Exception {
        PostgresDatabase direct = PostgresServer.newest().freshDatabase();
        ConnectionOverrides own =
                new ConnectionOverrides("dbleases.connection", direct.jdbcUrl(), direct.user(), direct.password());

        assertThat(show(new DbLeasesConnections(null, own, config).forLeases(), "database"))
                .isEqualTo(direct.name());
        assertThat(show(new DbLeasesConnections(new Exotic(), own, config).forLeases(), "database"))
                .isEqualTo(direct.name());
    }

    @Test
    void aUrlOfItsOwnKeepsTheUserOfTheDataSource() throws Exception {
        PostgresDatabase direct = PostgresServer.newest().freshDatabase();
        ConnectionOverrides own = new ConnectionOverrides("dbleases.connection", direct.jdbcUrl(), null, null);

        assertThat(show(new DbLeasesConnections(pool, own, config).forLeases(), "database"))
                .isEqualTo(direct.name());
    }

    @Test
    void migrationsMayHaveAUserOfTheirOwn() throws Exception {
        SQL.execute("CREATE ROLE migrating LOGIN PASSWORD 'm'");

        DataSource own =
                derived(pool).forMigration(new ConnectionOverrides("dbleases.connection", null, "migrating", "m"));

        assertThat(show(own, "role_user")).isEqualTo("migrating");
    }

    @Test
    void aDriverOfAnotherDatabaseGetsNoSettingsThatItDoesNotKnow() {
        ConnectionTarget h2 = new ConnectionTarget(
                "jdbc:h2:mem:test",
                null,
                null,
                null,
                new Properties(),
                new ConnectionTarget.Settings("url", "user", "password"));
        ConnectionTarget wrapped = new ConnectionTarget(
                "jdbc:aws-wrapper:postgresql://host/db",
                null,
                null,
                null,
                new Properties(),
                new ConnectionTarget.Settings("url", "user", "password"));

        assertThat(h2.isPostgres()).isFalse();
        assertThat(wrapped.isPostgres()).isTrue();
    }

    private DbLeasesConnections derived(DataSource dataSource) {
        return new DbLeasesConnections(dataSource, NONE, config);
    }

    private static int backend(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static String show(DataSource dataSource, String setting) throws SQLException {
        String sql = switch (setting) {
            case "role_user" -> "SELECT current_user";
            case "database" -> "SELECT current_database()";
            default -> "SHOW " + setting;
        };
        return new Sql(dataSource).value(sql);
    }

    static class Exotic extends AbstractDataSource {

        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("not this way");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLException("not this way");
        }
    }

    static class Routing extends AbstractRoutingDataSource {

        Routing() {
            setTargetDataSources(new HashMap<>());
        }

        @Override
        protected Object determineCurrentLookupKey() {
            return "one";
        }
    }
}
