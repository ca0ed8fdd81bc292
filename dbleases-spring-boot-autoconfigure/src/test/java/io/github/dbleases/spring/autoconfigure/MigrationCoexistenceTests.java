package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The application's own ways to its tables beside the migrations of dbleases. Each of its scripts fails when it finds
 * tables of dbleases.
 */
class MigrationCoexistenceTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    LeaseStoreAutoConfiguration.class,
                    LeaseMigrationAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.user(),
                    "spring.datasource.password=" + database.password());

    @Test
    void besideFlywayBothHistoriesAreComplete() {
        ApplicationContextRunner withFlyway = application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues("spring.flyway.locations=classpath:shop/flyway");

        withFlyway.run(context -> {
            assertIsActive(context.getBean(LeaseClient.class));
            assertThat(context).hasSingleBean(Flyway.class);
            assertThat(context.getBean(Flyway.class).info().pending()).isEmpty();
        });
        withFlyway.run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(history("flyway_schema_history")).containsExactly("1", "2");
        assertThat(history("dbleases_schema_history")).containsExactly("0", "1", "2");
        assertThat(sql.tables("public")).contains("shop", "shop_more", "dbleases_session");
    }

    @Test
    void besideFlywayInAnotherSchemaBothHistoriesAreComplete() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues("spring.flyway.locations=classpath:shop/flyway", "dbleases.schema=leases")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.tables("public")).containsExactly("flyway_schema_history", "shop", "shop_more");
        assertThat(sql.tables("leases")).contains("dbleases_schema_history", "dbleases_session");
    }

    @Test
    void besideLiquibaseBothHistoriesAreComplete() {
        ApplicationContextRunner withLiquibase = application
                .withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class))
                .withPropertyValues("spring.liquibase.change-log=classpath:shop/changelog.sql");

        withLiquibase.run(context -> assertIsActive(context.getBean(LeaseClient.class)));
        withLiquibase.run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.column("SELECT id FROM databasechangelog")).containsExactly("1");
        assertThat(history("dbleases_schema_history")).containsExactly("0", "1", "2");
        assertThat(sql.tables("public")).contains("shop", "dbleases_session");
    }

    @Test
    void scriptsOfTheApplicationComeFirst() {
        application
                .withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
                .withPropertyValues(
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:shop/script.sql",
                        "spring.sql.init.separator=^^^ END OF SCRIPT ^^^")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.tables("public")).contains("shop", "dbleases_session");
    }

    @Test
    void theTablesAreThereBeforeABeanThatUsesTheDatabase() {
        application
                .withBean(Counting.class)
                .run(context ->
                        assertThat(context.getBean(Counting.class).incarnations).isEqualTo(1));
    }

    @Test
    void withModeNoneTheTablesMayBeMadeByTheApplicationsFlyway() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues(
                        "dbleases.migration.mode=none",
                        "spring.flyway.locations=classpath:io/github/dbleases/migration",
                        "spring.flyway.placeholders.prefix=dbleases_")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.tables("public")).doesNotContain("dbleases_schema_history");
    }

    @Test
    void withoutFlywayTheTablesMayBeMadeByOtherMeans() throws Exception {
        PostgresSchema.create(database.dataSource(), PostgresStoreConfig.defaults());

        application
                .withClassLoader(new FilteredClassLoader("org.flywaydb"))
                .withPropertyValues("dbleases.migration.mode=none")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.tables("public")).doesNotContain("dbleases_schema_history");
    }

    @Test
    void withModeValidateTheTablesMayBeMadeByAnotherInstance() {
        application.run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        application
                .withPropertyValues("dbleases.migration.mode=validate")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));
    }

    @Test
    void aUserOfItsOwnMigrates() {
        String app = "app_" + database.name();
        String owner = "owner_" + database.name();
        sql.execute(
                "CREATE ROLE %s LOGIN PASSWORD 'a'".formatted(app),
                "CREATE ROLE %s LOGIN PASSWORD 'o'".formatted(owner),
                "GRANT ALL ON SCHEMA public TO %s".formatted(owner),
                "ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %s"
                        .formatted(owner, app));

        application
                .withPropertyValues(
                        "spring.datasource.username=" + app,
                        "spring.datasource.password=a",
                        "dbleases.migration.user=" + owner,
                        "dbleases.migration.password=o")
                .run(context -> assertIsActive(context.getBean(LeaseClient.class)));

        assertThat(sql.column("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
                .containsExactly(owner);
    }

    private List<String> history(String table) {
        return sql.column("SELECT version FROM %s ORDER BY installed_rank".formatted(table));
    }

    private static void assertIsActive(LeaseClient client) {
        await().untilAsserted(() -> assertThat(client.state()).isEqualTo(ClientState.ACTIVE));
    }

    static class Counting {

        final Integer incarnations;

        Counting(JdbcTemplate jdbc) {
            incarnations = jdbc.queryForObject("SELECT count(*) FROM dbleases_incarnation", Integer.class);
        }
    }
}
