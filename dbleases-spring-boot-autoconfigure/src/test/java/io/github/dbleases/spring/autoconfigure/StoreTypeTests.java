package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import io.github.dbleases.keyvalue.MapBackend;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackend;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.actuate.LeasesEndpoint;
import io.github.dbleases.spring.actuate.LeasesEndpointAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration.ConditionalOnStoreType;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.spring.tasks.TaskRunnersAutoConfiguration;
import io.github.dbleases.testing.log.LogCapture;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The stores beside PostgreSQL; Spring Boot's own DataSource is configured only where a test does so. */
@ExtendWith(OutputCaptureExtension.class)
class StoreTypeTests {

    /** As after the exclusions that the documents tell of. */
    private static final FilteredClassLoader WITHOUT_JDBC = new FilteredClassLoader(
            "org.springframework.jdbc",
            "org.springframework.boot.jdbc",
            "org.flywaydb",
            "org.postgresql",
            "com.zaxxer");

    @TempDir
    private Path directory;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LeaseStoreAutoConfiguration.class,
                    LeaseMigrationAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class,
                    LeasesEndpointAutoConfiguration.class))
            .withPropertyValues(
                    "management.endpoints.web.exposure.include=leases",
                    "dbleases.leases.orders.partitions=8",
                    "dbleases.ttl=6s",
                    "dbleases.debounce=0");

    @ParameterizedTest
    @EnumSource
    void eachTypeHasAConfiguration(StoreType type) {
        assertThat(nested(LeaseStoreAutoConfiguration.class)
                        .map(configuration -> configuration.getAnnotation(ConditionalOnStoreType.class))
                        .filter(condition ->
                                condition != null && List.of(condition.value()).contains(type)))
                .isNotEmpty();
    }

    private static Stream<Class<?>> nested(Class<?> type) {
        return Stream.of(type.getDeclaredClasses())
                .flatMap(configuration -> Stream.concat(Stream.of(configuration), nested(configuration)));
    }

    @Test
    void leasesAreKeptInADirectory() {
        inFiles().run(this::ownsAllAndReports);

        assertThat(directory).isNotEmptyDirectory();
    }

    @Test
    void twoApplicationsShareADirectory() {
        inFiles().withPropertyValues("dbleases.heartbeat=200ms").run(one -> {
            Lease here = one.getBean(Lease.class);
            await().untilAsserted(() -> assertThat(here.values()).hasSize(8));
            inFiles().withPropertyValues("dbleases.heartbeat=200ms").run(two -> {
                Lease there = two.getBean(Lease.class);
                await().untilAsserted(() -> {
                    assertThat(here.values()).hasSize(4);
                    assertThat(there.values()).hasSize(4).doesNotContainAnyElementsOf(here.values());
                });
            });
            await().untilAsserted(() -> assertThat(here.values()).hasSize(8));
        });
    }

    @Test
    void aDirectoryNeedsNothingOfJdbc() {
        inFiles().withClassLoader(WITHOUT_JDBC).run(this::ownsAllAndReports);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "memory"})
    void withoutADatabaseNothingOfItIsConfigured(String type) {
        inFiles().withPropertyValues("dbleases.store.type=" + type).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(DataSource.class);
            assertThat(context).doesNotHaveBean(DbLeasesConnections.class);
            assertThat(context).doesNotHaveBean("dbLeasesSchemaInitializer");
        });
    }

    @Test
    void aDatabaseOfTheApplicationIsLeftAlone() throws SQLException {
        JdbcDataSource database = h2();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            inFiles()
                    .withBean(DataSource.class, () -> database)
                    .withPropertyValues("dbleases.migration.mode=migrate")
                    .run(this::ownsAllAndReports);

            try (ResultSet tables = statement.executeQuery(
                    "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'PUBLIC'")) {
                tables.next();
                assertThat(tables.getInt(1)).isZero();
            }
        }
    }

    @Test
    void leasesAreKeptInMemory() {
        application.withPropertyValues("dbleases.store.type=memory").run(context -> {
            assertThat(context).hasSingleBean(InMemoryLeaseStore.class);
            ownsAllAndReports(context);
        });
    }

    @Test
    void memoryNeedsNothingOfJdbc() {
        application
                .withPropertyValues("dbleases.store.type=memory")
                .withClassLoader(WITHOUT_JDBC)
                .run(this::ownsAllAndReports);
    }

    @Test
    void leasesAreKeptInATableOfAnyDatabase() throws SQLException {
        JdbcDataSource database = h2();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            application
                    .withBean(DataSource.class, () -> database)
                    .withPropertyValues("dbleases.store.type=jdbc", "dbleases.store.jdbc.table=shop_leases")
                    .run(context -> {
                        assertThat(context).hasSingleBean(JdbcBackend.class);
                        assertThat(context).doesNotHaveBean("dbLeasesSchemaInitializer");
                        ownsAllAndReports(context);
                    });

            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM shop_leases")) {
                row.next();
                assertThat(row.getInt(1)).isPositive();
            }
            // Its connections are closed, so that the database can be.
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM information_schema.sessions")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void theMarkedDatabaseIsTaken() throws SQLException {
        JdbcDataSource primary = h2();
        JdbcDataSource marked = h2();
        try (Connection connection = marked.getConnection();
                Statement statement = connection.createStatement()) {
            application
                    .withBean("primary", DataSource.class, () -> primary, definition -> definition.setPrimary(true))
                    .withUserConfiguration(Marked.class)
                    .withInitializer(context -> Marked.database = marked)
                    .withPropertyValues("dbleases.store.type=jdbc")
                    .run(this::ownsAllAndReports);

            assertThat(statement.execute("SELECT count(*) FROM dbleases_document"))
                    .isTrue();
        }
    }

    @Test
    void withAUrlOfItsOwnATableNeedsNoDataSource() throws SQLException {
        JdbcDataSource database = h2();
        try (Connection connection = database.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
            application
                    .withPropertyValues(
                            "dbleases.store.type=jdbc",
                            "dbleases.connection.url=" + database.getURL(),
                            "dbleases.connection.user=sa")
                    .run(this::ownsAllAndReports);
        }
    }

    @Test
    void aTableThatMayNotBeCreatedStopsTheStartWithTheStatement() throws SQLException {
        JdbcDataSource database = h2();
        try (Connection connection = database.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
            application
                    .withBean(DataSource.class, () -> database)
                    .withPropertyValues("dbleases.store.type=jdbc", "dbleases.store.jdbc.create-table=false")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(StoreUnusableException.class)
                            .hasMessageContaining("CREATE TABLE dbleases_document"));
        }
    }

    @Test
    void whoKeepsATableOnPostgresIsToldOfTheBetterStore(CapturedOutput output) {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        application
                .withBean(DataSource.class, database::dataSource)
                .withPropertyValues("dbleases.store.type=jdbc")
                .run(this::ownsAllAndReports);

        assertThat(output).contains("Set dbleases.store.type=postgres, which has notifications");
    }

    @Test
    void leasesAreKeptInABucketThroughTheClientOfTheApplication() {
        Storage unreachable = StorageOptions.http()
                .setHost("http://localhost:1")
                .setProjectId("test")
                .setCredentials(NoCredentials.getInstance())
                .build()
                .getService();
        application
                .withBean(Storage.class, () -> unreachable)
                .withPropertyValues("dbleases.store.type=gcs", "dbleases.store.gcs.bucket=leases")
                .run(context -> {
                    assertThat(context).hasSingleBean(GcsBackend.class).hasSingleBean(KeyValueLeaseStore.class);
                    assertThat(context.getBean(LeaseClient.class).state()).isEqualTo(ClientState.STARTING);
                    assertThat(context.getBean(GcsBackend.class).place("lease/orders"))
                            .isEqualTo("gs://leases/dbleases/lease/orders");
                });
    }

    @Test
    void aStoreOfTheApplicationWinsWhateverTheType() {
        LeaseStore mine = new InMemoryLeaseStore();
        inFiles().withBean("mine", LeaseStore.class, () -> mine).run(context -> {
            assertThat(context).getBean(LeaseStore.class).isSameAs(mine);
            assertThat(context).doesNotHaveBean(FileBackend.class);
        });
    }

    @Test
    void aBackendOfTheApplicationIsUsedWhateverTheType() {
        MapBackend mine = new MapBackend();
        application
                .withBean("mine", KeyValueBackend.class, () -> mine)
                .withBean(DataSource.class, StoreTypeTests::h2)
                .run(context -> {
                    assertThat(context).hasSingleBean(KeyValueLeaseStore.class);
                    assertThat(context).doesNotHaveBean(PostgresLeaseStore.class);
                    ownsAllAndReports(context);
                });
        assertThat(mine.list("")).isNotEmpty();
    }

    @Test
    void switchedOffNoStoreIsLookedFor() {
        application
                .withPropertyValues("dbleases.enabled=false", "dbleases.store.type=gcs")
                .withClassLoader(new FilteredClassLoader(Storage.class))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void settingsOfAnotherStoreAreNamed(CapturedOutput output) {
        application
                .withPropertyValues(
                        "dbleases.store.type=memory",
                        "dbleases.schema=shop",
                        "dbleases.migration.mode=validate",
                        "dbleases.connection.url=jdbc:postgresql://localhost/shop",
                        "dbleases.store.gcs.bucket=leases",
                        "dbleases.runners.emails.channel=emails")
                .run(this::ownsAllAndReports);

        assertThat(output)
                .contains(
                        "dbleases.store.type is 'memory', so these properties have no effect: dbleases.connection.url, "
                                + "dbleases.migration.mode, dbleases.runners.emails.channel, dbleases.schema, "
                                + "dbleases.store.gcs.bucket.");
    }

    @Test
    void settingsOfTheChosenStoreAreNotNamed(CapturedOutput output) {
        inFiles().run(this::ownsAllAndReports);

        assertThat(output).doesNotContain("have no effect");
    }

    @Test
    void aRunnerWithATableThatIsSwitchedOffNeedsNoDatabase() {
        withATable("dbleases.runners.emails.enabled=false");
    }

    @Test
    void runnersThatAreAllSwitchedOffNeedNoDatabase() {
        withATable("dbleases.tasks.enabled=false");
    }

    private void withATable(String switchedOff) {
        try (LogCapture log = LogCapture.of(StoreCheck.class)) {
            application
                    .withConfiguration(AutoConfigurations.of(TaskRunnersAutoConfiguration.class))
                    .withBean("emailsTasker", Tasker.class, () -> (Tasker<String>) tasks -> tasks)
                    .withPropertyValues(
                            "dbleases.store.type=memory",
                            "dbleases.runners.emails.table=outbox",
                            "dbleases.runners.emails.finish=delete",
                            "dbleases.runners.emails.channel=emails",
                            switchedOff)
                    .run(context -> {
                        ownsAllAndReports(context);
                        TaskRunner runner = context.getBean(TaskRunner.class);
                        runner.wake();
                        assertThat(runner.isRunning()).isFalse();
                        assertThat(InternalLeaseClient.of(context.getBean(LeaseClient.class))
                                        .taskSessions())
                                .isEmpty();
                    });
            assertThat(log.lines()).isEmpty();
        }
    }

    private ApplicationContextRunner inFiles() {
        return application.withPropertyValues(
                "dbleases.store.type=file", "dbleases.store.file.directory=" + directory.resolve("leases"));
    }

    private void ownsAllAndReports(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        Lease lease = context.getBean(Lease.class);
        await().untilAsserted(() -> assertThat(lease.values()).hasSize(8));
        LeasesEndpoint endpoint = context.getBean(LeasesEndpoint.class);
        assertThat(endpoint.leases().error()).isNull();
        assertThat(endpoint.leases().sessions()).hasSize(1);
        assertThat(endpoint.leases().leases().get("orders").owned()).hasSize(8);
    }

    private static JdbcDataSource h2() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID());
        database.setUser("sa");
        database.setPassword("");
        return database;
    }

    @Configuration(proxyBeanMethods = false)
    static class Marked {

        private static DataSource database;

        @Bean
        @DbLeasesDataSource
        DataSource marked() {
            return database;
        }
    }
}
