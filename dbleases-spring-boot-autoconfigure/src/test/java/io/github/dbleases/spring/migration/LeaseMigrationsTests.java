package io.github.dbleases.spring.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.testing.log.LogCapture;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.flywaydb.core.internal.resource.StringResource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class LeaseMigrationsTests {

    private static final String[] TABLES = {
        "dbleases_event",
        "dbleases_incarnation",
        "dbleases_lease",
        "dbleases_member",
        "dbleases_partition",
        "dbleases_schema_history",
        "dbleases_session"
    };

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final AtomicInteger counted = new AtomicInteger();
    private final Sql sql = new Sql(database.dataSource());

    @ParameterizedTest
    @MethodSource("servers")
    void anEmptySchemaGetsTheTables(PostgresServer server) {
        PostgresDatabase fresh = server.freshDatabase();

        migrations(fresh, null, "dbleases_").migrate();

        assertThat(new Sql(fresh.dataSource()).tables("public")).containsExactly(TABLES);
    }

    static List<PostgresServer> servers() {
        return PostgresServer.all();
    }

    @Test
    void aSchemaWithTablesGetsTheTablesBesideThem() {
        sql.execute("CREATE TABLE shop (id int)", "CREATE TABLE flyway_schema_history (anything text)");

        migrations(null).migrate();

        assertThat(sql.tables("public")).contains(TABLES).contains("shop", "flyway_schema_history");
        assertThat(history("public.dbleases_schema_history")).containsExactly("0", "1", "2");
    }

    @Test
    void aDatabaseThatIsTooOldIsRefusedBeforeAnythingIsCreated() {
        DataSource old = new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                return aged(Connection.class, super.getConnection());
            }
        };
        LeaseMigrations migrations = new LeaseMigrations(old, old, "shop", "dbleases_");

        assertThatThrownBy(migrations::migrate)
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The database is PostgreSQL 13.21, but dbleases needs PostgreSQL 14 or newer");
        assertThatThrownBy(migrations::validate).isInstanceOf(StoreUnusableException.class);

        assertThat(sql.column("SELECT nspname FROM pg_namespace")).doesNotContain("shop");
    }

    /** As if PostgreSQL 13 was behind it. */
    private static <T> T aged(Class<T> type, T original) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMetaData" -> aged(DatabaseMetaData.class, ((Connection) original).getMetaData());
                    case "getDatabaseMajorVersion" -> 13;
                    case "getDatabaseProductVersion" -> "13.21";
                    default -> method.invoke(original, arguments);
                }));
    }

    @Test
    void migratingAgainChangesNothing() {
        migrations(null).migrate();
        sql.execute("INSERT INTO dbleases_lease (name, kind, partitions, changed_at) VALUES ('a', 'tasks', 0, now())");

        migrations(null).migrate();

        assertThat(sql.column("SELECT name FROM dbleases_lease")).containsExactly("a");
        assertThat(history("public.dbleases_schema_history")).containsExactly("1", "2");
    }

    @ParameterizedTest
    @CsvSource({", dbleases_, public", "Leases, shop_, Leases"})
    void tablesThatWereMadeByOtherMeansAreAdopted(String schema, String prefix, String actual) throws Exception {
        PostgresSchema.create(database.dataSource(), new PostgresStoreConfig(schema, prefix, true));
        String lease = "\"%s\".%slease".formatted(actual, prefix);
        sql.execute(
                "INSERT INTO %s (name, kind, partitions, changed_at) VALUES ('a', 'tasks', 0, now())".formatted(lease));
        LeaseMigrations migrations = migrations(database, schema, prefix);
        assertThatThrownBy(migrations::validate)
                .isInstanceOfSatisfying(
                        StoreUnusableException.class,
                        invalid -> assertThat(invalid.remedy()).contains("migration.mode=migrate"));

        migrations.migrate();
        migrations.migrate();

        migrations.validate();
        assertThat(sql.column("SELECT name FROM " + lease)).containsExactly("a");
        assertThat(history("\"%s\".%sschema_history".formatted(actual, prefix))).containsExactly("2");
    }

    @Test
    void tablesOfTheFirstVersionThatWereMadeByOtherMeansAreAdoptedAndUpgraded() throws Exception {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());
        sql.execute("DROP TABLE dbleases_event");

        migrations(null).migrate();

        assertThat(history("public.dbleases_schema_history")).containsExactly("1", "2");
        assertThat(sql.tables("public")).containsExactly(TABLES);
    }

    @Test
    void someOfTheTablesAreNotTakenForAll() {
        sql.execute("CREATE TABLE dbleases_session (anything text)");

        assertThatThrownBy(() -> migrations(null).migrate())
                .isInstanceOfSatisfying(
                        StoreUnusableException.class,
                        taken -> assertThat(taken.remedy()).contains("dbleases.table-prefix"))
                .hasMessageContaining("dbleases_session");
    }

    @Test
    void aSchemaThatDoesNotExistIsCreated() {
        migrations("Leases").migrate();

        assertThat(sql.tables("Leases")).containsExactly(TABLES);
        assertThat(sql.tables("public")).isEmpty();
        migrations("Leases").migrate();
    }

    @Test
    void anotherPrefixMakesOtherTables() {
        migrations(null).migrate();

        migrations(database, null, "shop_").migrate();

        assertThat(sql.tables("public"))
                .contains(TABLES)
                .filteredOn(table -> table.startsWith("shop_"))
                .hasSameSizeAs(TABLES);
    }

    /** Without a lock around Flyway, one of eight fails in every third run. */
    @RepeatedTest(2)
    void instancesThatMigrateAtTheSameMomentWaitForEachOther() throws Exception {
        assertAllMigrate(8, null);
        assertThat(sql.tables("public")).containsExactly(TABLES);
    }

    @Test
    void instancesThatMigrateASchemaWithTablesAtTheSameMomentWaitForEachOther() throws Exception {
        sql.execute("CREATE TABLE shop (id int)");

        assertAllMigrate(3, null);

        assertThat(history("public.dbleases_schema_history")).containsExactly("0", "1", "2");
    }

    @Test
    void instancesThatCreateTheSchemaAtTheSameMomentWaitForEachOther() throws Exception {
        assertAllMigrate(3, "leases");
        assertThat(sql.tables("leases")).containsExactly(TABLES);
    }

    private void assertAllMigrate(int instances, String schema) throws Exception {
        CyclicBarrier together = new CyclicBarrier(instances);
        ExecutorService threads = Executors.newFixedThreadPool(instances);
        try {
            Callable<Boolean> instance = () -> {
                together.await();
                migrations(schema).migrate();
                return true;
            };
            List<Future<Boolean>> ended = IntStream.range(0, instances)
                    .mapToObj(i -> threads.submit(instance))
                    .toList();
            for (Future<Boolean> each : ended) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tablesOfThisVersionAreSeenOverOneConnection() {
        migrations(null).migrate();
        int connections = counted.get();

        migrations(null).migrate();
        migrations(null).validate();

        assertThat(counted).hasValue(connections + 2);
    }

    @ParameterizedTest
    @CsvSource({"UPDATE dbleases_schema_history SET success = false", "UPDATE dbleases_schema_history SET checksum = 1"
    })
    void tablesOfOtherMigrationsAreRefused(String change) {
        migrations(null).migrate();
        sql.execute(change);

        assertThatThrownBy(() -> migrations(null).migrate())
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("'public'")
                .hasMessageContaining("version 1")
                .hasMessageContaining("drop the tables 'dbleases_...'");
    }

    @Test
    void aHistoryInAnotherSchemaOfTheSearchPathIsNotTakenForTheCurrentOne() {
        migrations(null).migrate();
        sql.execute(
                "CREATE SCHEMA shop", "ALTER DATABASE %s SET search_path = shop, public".formatted(database.name()));

        migrations(null).migrate();

        assertThat(sql.tables("shop")).containsExactly(TABLES);
    }

    @Test
    void theScriptsOfThisVersionAreThoseOfTheCore() throws Exception {
        List<String> found = Arrays.stream(new PathMatchingResourcePatternResolver()
                        .getResources("classpath*:" + MigrationScripts.FOLDER + "*"))
                .map(Resource::getFilename)
                .toList();

        assertThat(MigrationScripts.ALL)
                .extracting(MigrationScripts.Script::fileName)
                .containsExactlyInAnyOrderElementsOf(found);
        assertThat(MigrationScripts.ALL).allSatisfy(script -> {
            assertThat(script.fileName()).startsWith("V" + script.version() + "__");
            assertThat(script.checksum()).isEqualTo(ChecksumCalculator.calculate(new StringResource(script.sql())));
        });
    }

    @Test
    void aMigrationIsOneLine() {
        try (LogCapture ofFlyway = LogCapture.of("org.flywaydb");
                LogCapture own = LogCapture.of(LeaseMigrations.class)) {
            migrations(null).migrate();
            migrations(null).migrate();

            assertThat(ofFlyway.lines()).isEmpty();
            assertThat(own.lines())
                    .containsExactly("INFO The tables of dbleases in schema public were migrated to version 2");
        }
    }

    @Test
    void aFlywayOfTheApplicationLogsAsBefore() {
        try (LogCapture log = LogCapture.of("org.flywaydb")) {
            Flyway ofApplication = Flyway.configure()
                    .dataSource(database.dataSource())
                    .locations("classpath:tasks/flyway")
                    .load();
            ofApplication.migrate();
            log.clear();
            migrations(null).migrate();
            assertThat(log.lines()).isEmpty();

            ofApplication.migrate();

            assertThat(log.lines()).anyMatch(line -> line.contains("No migration necessary"));
        }
    }

    @Test
    void aUserThatOnlyMigratesMakesTheTablesInTheSchemaOfTheApplication() {
        sql.execute(
                "CREATE ROLE app_%s LOGIN PASSWORD 'a'".formatted(database.name()),
                "CREATE ROLE owner_%s LOGIN PASSWORD 'o'".formatted(database.name()),
                "CREATE SCHEMA app",
                "ALTER ROLE app_%s SET search_path = app".formatted(database.name()),
                "GRANT ALL ON SCHEMA app TO owner_%s".formatted(database.name()),
                "GRANT USAGE ON SCHEMA app TO app_%s".formatted(database.name()),
                "GRANT CREATE ON DATABASE %1$s TO owner_%1$s".formatted(database.name()));
        PGSimpleDataSource application = as("app_" + database.name(), "a");
        PGSimpleDataSource owner = as("owner_" + database.name(), "o");

        new LeaseMigrations(owner, application, null, "dbleases_").migrate();

        assertThat(sql.tables("app")).containsExactly(TABLES);
        assertThat(sql.column("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'app'"))
                .containsExactly("owner_" + database.name());
    }

    @Test
    void withoutACurrentSchemaTheSchemaHasToBeSet() {
        sql.execute("ALTER DATABASE %s SET search_path = nowhere".formatted(database.name()));

        assertThatThrownBy(() -> migrations(null).migrate()).hasMessageContaining("dbleases.schema");
    }

    @Test
    void aDatabaseThatCannotBeReachedIsUnavailable() {
        PGSimpleDataSource nowhere = as(database.user(), database.password());
        nowhere.setDatabaseName("nowhere");
        LeaseMigrations migrations = new LeaseMigrations(nowhere, nowhere, null, "dbleases_");

        assertThatThrownBy(migrations::migrate)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(migrations::validate).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void migratedTablesAreValid() {
        migrations(null).migrate();

        assertThatCode(migrations(null)::validate).doesNotThrowAnyException();
    }

    @Test
    void validatingASchemaWithoutTablesIsLeftToTheClient() {
        assertThatCode(migrations(null)::validate).doesNotThrowAnyException();
        assertThatCode(migrations("nowhere")::validate).doesNotThrowAnyException();
        assertThat(sql.tables("public")).isEmpty();
    }

    @Test
    void tablesWithoutAHistoryAreNotValid() {
        migrations(null).migrate();
        sql.execute("DROP TABLE dbleases_schema_history");

        assertThatThrownBy(migrations(null)::validate)
                .isInstanceOfSatisfying(
                        StoreUnusableException.class,
                        invalid -> assertThat(invalid.remedy()).contains("dbleases.migration.mode=none"))
                .hasMessageContaining("'public'")
                .hasMessageContaining("dbleases_schema_history");
    }

    @Test
    void aMigrationThatIsMissingIsNotValid() {
        sql.execute("CREATE TABLE shop (id int)");
        migrations(null).migrate();
        sql.execute("DELETE FROM dbleases_schema_history WHERE version = '1'");

        assertThatThrownBy(migrations(null)::validate)
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("not applied");
    }

    @Test
    void aMigrationThatHasChangedIsNotValid() {
        migrations(null).migrate();
        sql.execute("UPDATE dbleases_schema_history SET checksum = 1 WHERE version = '1'");

        assertThatThrownBy(migrations(null)::validate)
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("checksum")
                .hasMessageContaining("drop the tables 'dbleases_...'");
    }

    @Test
    void theTablesOfALaterVersionAreValid() {
        migrations(null).migrate();
        sql.execute("""
                INSERT INTO dbleases_schema_history
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'later', 1, true)
                """);

        assertThatCode(migrations(null)::validate).doesNotThrowAnyException();
        assertThatCode(migrations(null)::migrate).doesNotThrowAnyException();
    }

    private List<String> history(String table) {
        return sql.column("SELECT version FROM " + table + " WHERE version IS NOT NULL ORDER BY installed_rank");
    }

    private PGSimpleDataSource as(String user, String password) {
        PGSimpleDataSource dataSource = (PGSimpleDataSource) database.dataSource();
        dataSource.setUser(user);
        dataSource.setPassword(password);
        return dataSource;
    }

    private LeaseMigrations migrations(String schema) {
        DataSource counting = new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                counted.incrementAndGet();
                return super.getConnection();
            }
        };
        return new LeaseMigrations(counting, counting, schema, "dbleases_");
    }

    private static LeaseMigrations migrations(PostgresDatabase in, String schema, String prefix) {
        return new LeaseMigrations(in.dataSource(), in.dataSource(), schema, prefix);
    }
}
