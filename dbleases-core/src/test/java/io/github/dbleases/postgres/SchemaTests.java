package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The location of the tables, and the errors when tables or rights are missing. */
class SchemaTests {

    private final DataSource dataSource =
            PostgresServer.newest().freshDatabase().dataSource();
    private final Sql sql = new Sql(dataSource);

    @Test
    void missingTablesAreNamedWithTheirSchema() {
        assertThatThrownBy(() -> renew(PostgresStoreConfig.defaults()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("schema 'public'")
                .hasMessageContaining("dbleases_session, dbleases_lease, dbleases_member, dbleases_partition,"
                        + " dbleases_incarnation");
    }

    @Test
    void aSchemaThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> renew(new PostgresStoreConfig("nowhere", "dbleases_", true)))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("schema 'nowhere'")
                .hasMessageContaining("dbleases_partition");
    }

    @Test
    void onlyTheMissingTablesAreNamed() throws Exception {
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        sql.execute("DROP TABLE dbleases_member");
        try (WorkChannel work = new PostgresLeaseStore(dataSource).workChannel(TestTimings.PATIENT)) {
            assertThatThrownBy(work::clusterSnapshot)
                    .isInstanceOf(StoreUnusableException.class)
                    .hasMessageContaining("The tables dbleases_member do not exist");
            assertThatThrownBy(() -> work.transact(new TreeSet<>(List.of("a")), tx -> {
                        tx.create(LeaseSpec.partitions("a", 1));
                        return tx.snapshot("a");
                    }))
                    .isInstanceOf(StoreUnusableException.class);
            assertThat(work.neighbor(1)).isEmpty();
        }
    }

    @Test
    void aChannelContinuesWhenTheTablesAreCreatedAgain() throws Exception {
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        try (HeartbeatChannel channel = new PostgresLeaseStore(dataSource).heartbeatChannel(TestTimings.PATIENT)) {
            open(channel);
            // Often enough for the server to keep a plan.
            IntStream.range(0, 12).forEach(i -> assertThat(channel.renew(10)).isPresent());
            dropTables();
            assertThatThrownBy(() -> channel.renew(10)).isInstanceOf(StoreUnusableException.class);
            PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());

            assertThat(channel.renew(10)).isEmpty();
            open(channel);
            assertThat(channel.renew(10)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"plain", "Mixed Case", "with\"quote", "semi;colon", "%s{session}$1?", "{proof}{?id}{andSettings}"
            })
    void aSchemaCanHaveAnyName(String schema) throws Exception {
        PostgresStoreConfig config = new PostgresStoreConfig(schema, "app_", true);
        PostgresSchema.create(dataSource, config);
        PostgresLeaseStore store = new PostgresLeaseStore(dataSource, config);
        try (HeartbeatChannel channel = store.heartbeatChannel(TestTimings.PATIENT);
                WorkChannel work = store.workChannel(TestTimings.PATIENT)) {
            open(channel);
            work.transact(new TreeSet<>(List.of("a")), transaction -> {
                transaction.create(LeaseSpec.partitions("a", 3));
                transaction.addMember("a", 10);
                transaction.raiseInboxes(List.of(10L));
                return null;
            });

            assertThat(channel.awaitHint(10, Duration.ofMinutes(1))).isTrue();
            assertThat(channel.renew(10).orElseThrow().inbox()).isEqualTo(1);
            assertThat(work.clusterSnapshot().leases().get(0).snapshot().members())
                    .hasSize(1);
            work.purge();
        }
    }

    @Test
    void withoutASchemaTheTablesAreFoundOnTheSearchPath() throws Exception {
        PostgresSchema.create(dataSource, new PostgresStoreConfig("elsewhere", "dbleases_", true));
        PGSimpleDataSource pathed = (PGSimpleDataSource) dataSource;
        pathed.setCurrentSchema("public,elsewhere");

        assertThatCode(() -> renew(PostgresStoreConfig.defaults())).doesNotThrowAnyException();
    }

    @Test
    void severalProcessesCanCreateTheTablesAtOnce() throws Exception {
        List<CompletableFuture<Void>> creating = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    try {
                        PostgresSchema.create(dataSource, new PostgresStoreConfig("shared", "dbleases_", true));
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                }))
                .toList();

        creating.forEach(CompletableFuture::join);

        assertThatCode(() -> renew(new PostgresStoreConfig("shared", "dbleases_", true)))
                .doesNotThrowAnyException();
    }

    @Test
    void aReadOnlyDatabaseIsUnavailable() throws Exception {
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        ((PGSimpleDataSource) dataSource).setOptions("-c default_transaction_read_only=on");

        assertThatThrownBy(() -> renew(PostgresStoreConfig.defaults())).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aDatabaseOfAnotherProductIsRefused() {
        DatabaseMetaData metaData = (DatabaseMetaData) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> "H2");
        DataSource other = Interposed.dataSource(() -> Interposed.connection(
                dataSource.getConnection(), call -> call.name().equals("getMetaData") ? metaData : call.proceed()));

        try (HeartbeatChannel channel = new PostgresLeaseStore(other).heartbeatChannel(TestTimings.PATIENT)) {
            assertThatThrownBy(() -> channel.renew(10))
                    .isInstanceOf(StoreUnusableException.class)
                    .hasMessageContaining("The database is H2");
        }
    }

    @Test
    void aDatabaseThatIsTooOldIsRefusedBeforeAnythingIsCreated() throws Exception {
        DatabaseMetaData metaData = (DatabaseMetaData) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getDatabaseMajorVersion" -> 13;
                    case "getDatabaseProductVersion" -> "13.21";
                    default -> "PostgreSQL";
                });
        DataSource old = Interposed.dataSource(() -> Interposed.connection(
                dataSource.getConnection(), call -> call.name().equals("getMetaData") ? metaData : call.proceed()));

        assertThatThrownBy(() -> PostgresSchema.create(old, PostgresStoreConfig.defaults()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The database is PostgreSQL 13.21, but dbleases needs PostgreSQL 14 or newer");

        assertThatThrownBy(() -> renew(PostgresStoreConfig.defaults())).hasMessageContaining("do not exist");
    }

    @Test
    void theMissingGrantsAreNamedAndAreEnoughForAllStatements() throws Exception {
        PostgresStoreConfig config = new PostgresStoreConfig("leases", "dbleases_", true);
        PostgresSchema.create(dataSource, config);
        PGSimpleDataSource application = newUser("app");

        String remedy = remedy(application, config);

        assertThat(remedy)
                .contains("GRANT USAGE ON SCHEMA \"leases\" TO \"" + application.getUser() + "\";")
                .contains("GRANT SELECT, INSERT, UPDATE, DELETE ON \"leases\".\"dbleases_session\" TO \""
                        + application.getUser() + "\";")
                .contains("GRANT SELECT, INSERT, UPDATE ON \"leases\".\"dbleases_incarnation\" TO \""
                        + application.getUser() + "\";");

        for (String grant : remedy.substring(remedy.indexOf("GRANT")).split("\\R")) {
            sql.execute(grant);
        }
        assertThatCode(() -> executeAllStatements(new PostgresLeaseStore(application, config)))
                .doesNotThrowAnyException();
    }

    private static void executeAllStatements(PostgresLeaseStore store) {
        Timing timing = TestTimings.PATIENT;
        try (HeartbeatChannel heartbeats = store.heartbeatChannel(timing);
                WorkChannel work = store.workChannel(timing)) {
            open(heartbeats);
            Instant now = heartbeats.renew(10).orElseThrow().databaseTime();
            work.transact(new TreeSet<>(List.of("a")), transaction -> {
                transaction.create(LeaseSpec.partitions("a", 3));
                transaction.addMember("a", 10);
                transaction.yieldFor("a", 10, Duration.ofSeconds(1));
                transaction.resize("a", 2);
                List<Partition> partitions = transaction.snapshot("a").partitions();
                transaction.apply("a", List.of(new Grant(partitions.get(0), 10, 0), new Move(partitions.get(1), 10)));
                transaction.raiseInboxes(List.of(10L));
                transaction.isLive(10);
                transaction.isExpired(10);
                transaction.setDrained(10, true);
                return transaction.lease("a");
            });
            work.holdings(10);
            work.neighbor(10);
            work.markDead(new MarkDeadCondition(10, timing.grace(), now, timing.ttl()));
            work.transact(new TreeSet<>(List.of("a")), transaction -> {
                transaction.removeMember("a", 10);
                transaction.end(10);
                transaction.remove("a");
                return transaction.lease("a");
            });
            work.clusterSnapshot();
            work.clusterSnapshot("a");
            work.purge();
        }
    }

    @Test
    void onlyTheMissingGrantsAreNamed() throws Exception {
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        PGSimpleDataSource application = newUser("reader");
        sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"" + application.getUser() + "\"");

        assertThat(remedy(application, PostgresStoreConfig.defaults()))
                .contains("GRANT INSERT, UPDATE, DELETE ON \"public\".\"dbleases_session\" TO \""
                        + application.getUser() + "\";")
                .doesNotContain("SELECT")
                .doesNotContain("SCHEMA");
    }

    @Test
    void tablesInASchemaThatTheUserMayNotUseAreNotReportedAsMissing() throws Exception {
        PostgresSchema.create(dataSource, new PostgresStoreConfig("hidden", "dbleases_", true));
        PGSimpleDataSource application = newUser("outsider");
        application.setCurrentSchema("hidden");

        assertThat(remedy(application, PostgresStoreConfig.defaults()))
                .contains("GRANT USAGE ON SCHEMA \"hidden\" TO \"" + application.getUser() + "\";")
                .contains("ON \"hidden\".\"dbleases_lease\"");
    }

    @Test
    void aRefusedLoginIsNotReportedAsAnOutage() throws Exception {
        PostgresSchema.create(dataSource, PostgresStoreConfig.defaults());
        PGSimpleDataSource nowhere = as("postgres");
        nowhere.setDatabaseName("nowhere");

        assertThatThrownBy(() -> renew(as("nobody"), PostgresStoreConfig.defaults()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("role \"nobody\" does not exist");
        assertThatThrownBy(() -> renew(nowhere, PostgresStoreConfig.defaults()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("\"nowhere\" does not exist");
    }

    /** Roles belong to the server, which other tests use too, so the name of the database makes them unique. */
    private PGSimpleDataSource newUser(String name) throws SQLException {
        String user = name + "_" + ((PGSimpleDataSource) dataSource).getDatabaseName();
        sql.execute("CREATE ROLE \"%s\" LOGIN".formatted(user));
        return as(user);
    }

    private PGSimpleDataSource as(String user) {
        PGSimpleDataSource other = new PGSimpleDataSource();
        other.setUrl(((PGSimpleDataSource) dataSource).getUrl());
        other.setUser(user);
        return other;
    }

    private static String remedy(DataSource dataSource, PostgresStoreConfig config) {
        StoreUnusableException unusable =
                catchThrowableOfType(StoreUnusableException.class, () -> renew(dataSource, config));
        assertThat(unusable.problem()).contains("lacks rights on the tables of dbleases");
        return String.valueOf(unusable.remedy());
    }

    @Test
    void impossibleNamesAreRefused() {
        for (String prefix : new String[] {"", "1a", "Upper", "a b", "a\"b", "a".repeat(31)}) {
            assertThatThrownBy(() -> new PostgresStoreConfig(null, prefix, true))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("tablePrefix is '" + prefix + "'");
        }
        for (String schema : new String[] {"", " ", "a\0b", "ä".repeat(32)}) {
            assertThatThrownBy(() -> new PostgresStoreConfig(schema, "dbleases_", true))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("schema is");
        }
    }

    private void renew(PostgresStoreConfig config) {
        renew(dataSource, config);
    }

    private static void renew(DataSource dataSource, PostgresStoreConfig config) {
        try (HeartbeatChannel channel =
                new PostgresLeaseStore(dataSource, config).heartbeatChannel(TestTimings.PATIENT)) {
            channel.renew(10);
        }
    }

    private static void open(HeartbeatChannel channel) {
        channel.open(new NewSession(10, "ten", 1, Duration.ofHours(1), Duration.ofSeconds(1)));
    }

    private void dropTables() throws SQLException {
        sql.execute("DROP TABLE dbleases_session, dbleases_lease, dbleases_member, dbleases_partition,"
                + " dbleases_incarnation");
    }
}
