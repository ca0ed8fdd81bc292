package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** What a real start prints when the database is not as it should be. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseFailureAnalysisTests {

    private static PostgresDatabase database;

    @BeforeAll
    static void createSchema() {
        database = PostgresServer.newest().freshDatabase();
        new Sql(database.dataSource()).execute("CREATE SCHEMA empty", "CREATE SCHEMA half");
    }

    @Test
    void tablesThatNobodyMade(CapturedOutput output) {
        failToStart(Application.class, "--dbleases.migration.mode=none", "--dbleases.schema=empty");

        assertMissing(output);
    }

    @Test
    void tablesThatAreToBeValidatedAndThatNobodyMade(CapturedOutput output) {
        failToStart(Application.class, "--dbleases.migration.mode=validate", "--dbleases.schema=empty");

        assertMissing(output);
    }

    private static void assertMissing(CapturedOutput output) {
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases_session")
                .contains("dbleases_lease")
                .contains("dbleases_member")
                .contains("dbleases_partition")
                .contains("dbleases_incarnation")
                .contains("do not exist in schema 'empty'")
                .contains("Set dbleases.migration.mode=migrate to have the tables created");
    }

    @Test
    void tablesWithoutAHistory(CapturedOutput output) {
        new Sql(database.dataSource()).execute("CREATE TABLE half.dbleases_session (id int)");

        failToStart(Application.class, "--dbleases.migration.mode=validate", "--dbleases.schema=half");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Schema 'half' has tables of dbleases but no table dbleases_schema_history")
                .contains("Set dbleases.migration.mode=none if the tables are made by other means");
    }

    @Test
    void aHistoryThatTheUserMayNotRead(CapturedOutput output) {
        String reader = roleWithoutRights("reader");
        failToStart(
                Application.class,
                "--dbleases.migration.mode=validate",
                "--dbleases.schema=made",
                "--dbleases.migration.user=" + reader,
                "--dbleases.migration.password=r");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(
                        "The tables of dbleases in schema 'made' cannot be validated, because the user '%s' is not allowed to read their history"
                                .formatted(reader))
                .contains("GRANT SELECT ON \"made\".\"dbleases_schema_history\" TO \"%s\";".formatted(reader));
    }

    @Test
    void aSchemaInWhichTheUserMayCreateNothing(CapturedOutput output) {
        String reader = roleWithoutRights("guest");
        failToStart(
                Application.class,
                "--dbleases.schema=made",
                "--dbleases.table-prefix=more_",
                "--dbleases.migration.user=" + reader,
                "--dbleases.migration.password=r");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(
                        "The tables of dbleases in schema 'made' cannot be migrated, because the user '%s' lacks a permission"
                                .formatted(reader))
                .contains("GRANT USAGE, CREATE ON SCHEMA \"made\" TO \"%s\";".formatted(reader));
    }

    @Test
    void tablesThatAnotherVersionOfAMigrationCreated(CapturedOutput output) {
        start(Application.class, "--dbleases.schema=changed").close();
        new Sql(database.dataSource())
                .execute("UPDATE changed.dbleases_schema_history SET checksum = 1 WHERE version = '1'");

        failToStart(Application.class, "--dbleases.schema=changed");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(
                        "The tables of dbleases in schema 'changed' were created by other migrations than those of this "
                                + "version, which cannot upgrade them. Migration checksum mismatch for migration version 1.")
                .contains(
                        "Use the version of dbleases that created the tables. Or, while no instance runs, drop the tables "
                                + "'dbleases_...' in schema 'changed', including dbleases_schema_history")
                .doesNotContain("run repair");

        new Sql(database.dataSource()).execute("DROP SCHEMA changed CASCADE");
        start(Application.class, "--dbleases.schema=changed").close();
    }

    private static String roleWithoutRights(String name) {
        DataSource owner = database.dataSource();
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LeaseStoreAutoConfiguration.class, LeaseMigrationAutoConfiguration.class))
                .withBean(DataSource.class, () -> owner)
                .withPropertyValues("dbleases.schema=made")
                .run(context -> assertThat(context).hasNotFailed());
        String role = name + "_" + database.name();
        new Sql(owner)
                .execute("CREATE ROLE %s LOGIN PASSWORD 'r'".formatted(role), "GRANT USAGE ON SCHEMA made TO " + role);
        return role;
    }

    @Test
    void aDatabaseThatIsNotPostgres(CapturedOutput output) {
        failToStart(Application.class, "--spring.datasource.url=jdbc:h2:mem:leases", "--spring.datasource.username=sa");

        assertNotPostgres(output);
    }

    @Test
    void aDatabaseThatIsNotPostgresAndIsNotMigrated(CapturedOutput output) {
        failToStart(
                Application.class,
                "--spring.datasource.url=jdbc:h2:mem:leases",
                "--spring.datasource.username=sa",
                "--dbleases.migration.mode=none");

        assertNotPostgres(output);
    }

    private static void assertNotPostgres(CapturedOutput output) {
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The database is H2, but dbleases needs PostgreSQL 14 or newer")
                .contains("@DbLeasesDataSource");
    }

    @Test
    void aDataSourceThatDoesNotTellItsAddress(CapturedOutput output) {
        failToStart(WithRouting.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("cannot read the address of the database from the DataSource of type")
                .contains("Set dbleases.connection.url, dbleases.connection.user and dbleases.connection.password");
    }

    @Test
    void aFlywayThatIsAddedLater(CapturedOutput output) {
        PostgresDatabase later = PostgresServer.newest().freshDatabase();
        String[] withFlyway = {
            "--spring.datasource.url=" + later.jdbcUrl(),
            "--spring.datasource.username=" + later.user(),
            "--spring.datasource.password=" + later.password(),
            "--spring.flyway.locations=classpath:tasks/flyway"
        };
        start(Application.class, withFlyway).close();

        failToStart(WithFlyway.class, withFlyway);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Flyway has no history in schema 'public' yet")
                .contains("dbleases has created its tables 'dbleases_...' there before. It has no other tables.")
                .contains("Set spring.flyway.baseline-on-migrate=true and spring.flyway.baseline-version=0");

        String[] remedied = Stream.concat(
                        Stream.of(withFlyway),
                        Stream.of("--spring.flyway.baseline-on-migrate=true", "--spring.flyway.baseline-version=0"))
                .toArray(String[]::new);
        start(WithFlyway.class, remedied).close();
        start(WithFlyway.class, withFlyway).close();
        assertThat(new Sql(later.dataSource())
                        .column("SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("0", "1");
    }

    @Test
    void aFlywayThatFindsTablesOfOthersOnlyIsLeftToItsMessage(CapturedOutput output) {
        PostgresDatabase strange = PostgresServer.newest().freshDatabase();
        new Sql(strange.dataSource()).execute("CREATE TABLE strange (id int)");

        failToStart(
                WithFlyway.class,
                "--spring.datasource.url=" + strange.jdbcUrl(),
                "--spring.flyway.locations=classpath:tasks/flyway");

        assertThat(output).contains("no schema history table").doesNotContain("dbleases has created its tables");
    }

    @Test
    void aTablePrefixThatIsNotAllowed(CapturedOutput output) {
        failToStart(Application.class, "--dbleases.table-prefix=Robert'); DROP TABLE");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("tablePrefix is")
                .contains("The property is dbleases.table-prefix.");
    }

    @Test
    void withoutFlywayTheRemedySaysSo() {
        StoreUnusableException missing = new StoreUnusableException(
                "The tables dbleases_session do not exist in schema 'public'.",
                "Create them.",
                "schema",
                "tablePrefix");

        FailureAnalysis analysis = new DbLeasesFailureAnalyzer(false).analyze(missing, missing);

        assertThat(analysis.getDescription()).isEqualTo("The tables dbleases_session do not exist in schema 'public'.");
        assertThat(analysis.getAction())
                .contains("Flyway for PostgreSQL is not on the class path")
                .contains("org.flywaydb:flyway-database-postgresql");
    }

    private static void failToStart(Class<?> type, String... arguments) {
        assertThatThrownBy(() -> start(type, arguments)).isInstanceOf(Exception.class);
    }

    private static ConfigurableApplicationContext start(Class<?> type, String... arguments) {
        return new SpringApplicationBuilder(type)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties(Map.of(
                        "spring.datasource.url", database.jdbcUrl(),
                        "spring.datasource.username", database.user(),
                        "spring.datasource.password", database.password()))
                .run(arguments);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = LiquibaseAutoConfiguration.class)
    static class WithFlyway {}

    static class WithRouting extends Application {

        @Bean
        DataSource routing() {
            AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
                @Override
                protected Object determineCurrentLookupKey() {
                    return "one";
                }
            };
            routing.setTargetDataSources(Map.of("one", database.dataSource()));
            return routing;
        }
    }
}
