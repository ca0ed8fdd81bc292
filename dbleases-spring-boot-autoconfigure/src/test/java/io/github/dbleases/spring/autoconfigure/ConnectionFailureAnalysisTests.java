package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a real start prints when it cannot connect: where to, as whom, why not, and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionFailureAnalysisTests {

    private static PostgresServer server;
    private static PostgresDatabase database;

    /** A server that asks all users but one for their passwords. */
    @BeforeAll
    static void startServer(@TempDir Path directory) throws IOException {
        Path rules = directory.resolve("pg_hba.conf");
        Files.writeString(
                rules, "host all postgres all trust\nlocal all postgres trust\nhost all all all scram-sha-256\n");
        Stream.of(directory, rules)
                .forEach(path ->
                        assertThat(path.toFile().setReadable(true, false)).isTrue());
        assertThat(directory.toFile().setExecutable(true, false)).isTrue();
        server = PostgresServer.privateServer(Map.of("hba_file", rules.toString()));
        server.execute("CREATE ROLE app LOGIN PASSWORD 'right'");
        database = server.freshDatabase();
        server.execute("GRANT CREATE ON DATABASE %s TO app".formatted(database.name()));
    }

    @AfterAll
    static void removeServer() {
        server.close();
    }

    @Test
    void aHostThatDoesNotExist(CapturedOutput output) {
        failToStart("--spring.datasource.url=jdbc:postgresql://db.invalid:5432/shop");

        assertThat(analysis(output))
                .contains("Cannot connect to PostgreSQL (host 'db.invalid', port 5432, database 'shop', user 'app'): "
                        + "the host name cannot be resolved.")
                .contains("Correct the host in the DataSource's URL (spring.datasource.url).")
                .contains("set dbleases.migration.mode=validate to start the application without the database");
    }

    @Test
    void aPortThatNobodyListensOn(CapturedOutput output) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        failToStart("--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/shop".formatted(port));

        assertThat(analysis(output))
                .contains("host '127.0.0.1', port %d, database 'shop', user 'app'".formatted(port))
                .contains("nothing accepts connections there")
                .contains("Start the database if it is down, or correct host and port")
                .contains("set dbleases.migration.mode=validate");
    }

    @Test
    void aPortThatIsNotOfPostgres(CapturedOutput output) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread hangingUp = new Thread(() -> hangUp(other), "no-postgres");
            hangingUp.start();
            failToStart("--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/shop".formatted(other.getLocalPort()));
            other.close();
            hangingUp.join();
        }

        assertThat(analysis(output))
                .contains("Cannot connect to PostgreSQL (host '127.0.0.1'")
                .contains("what listens there does not answer as PostgreSQL does")
                .contains("Correct host and port");
    }

    private static void hangUp(ServerSocket other) {
        try {
            while (true) {
                other.accept().close();
            }
        } catch (IOException closed) {
            // That is the end of it.
        }
    }

    @Test
    void aDatabaseThatDoesNotExist(CapturedOutput output) {
        failToStart("--spring.datasource.url=jdbc:postgresql://%s:%d/shpo".formatted(server.host(), server.port()));

        assertThat(analysis(output))
                .contains("database 'shpo', user 'app'")
                .contains("database \"shpo\" does not exist")
                .contains("Create the database, or correct its name in the DataSource's URL");
    }

    @Test
    void aWrongPassword(CapturedOutput output) {
        failToStart("--spring.datasource.password=wrong-one");

        assertThat(analysis(output))
                .contains("database '%s', user 'app'".formatted(database.name()))
                .contains("password authentication failed for user \"app\"")
                .contains("Correct the DataSource's user (spring.datasource.username)")
                .contains("(spring.datasource.password)");
        assertThat(output).doesNotContain("wrong-one");
    }

    @Test
    void aWrongPasswordOfTheOwnConnections(CapturedOutput output) {
        failToStart("--dbleases.connection.user=app", "--dbleases.connection.password=wrong-one");

        assertThat(analysis(output)).contains("Correct dbleases.connection.user or dbleases.connection.password.");
    }

    @Test
    void aWrongPasswordWhenNothingIsMigrated(CapturedOutput output) {
        for (String mode : new String[] {"none", "validate"}) {
            failToStart("--dbleases.migration.mode=" + mode, "--spring.datasource.password=wrong-one");
        }

        assertThat(output.toString().split("APPLICATION FAILED TO START")).hasSize(3);
        assertThat(analysis(output)).contains("password authentication failed for user \"app\"");
    }

    @Test
    void noPassword(CapturedOutput output) {
        failToStart("--spring.datasource.password=");

        assertThat(analysis(output)).contains("Set the DataSource's password (spring.datasource.password).");
    }

    @Test
    void aUrlWithAnotherPrefix(CapturedOutput output) {
        for (String url : new String[] {"jdbc:postgres://db/shop", "postgres://app:geheim@db/shop", "jdbc://db/shop"}) {
            failToStart("--spring.datasource.url=" + url);
        }

        assertThat(analysis(output))
                .contains("spring.datasource.url")
                .contains("begins with")
                .contains("rite jdbc:postgresql://host:5432/database");
        assertThat(output.toString().split("APPLICATION FAILED TO START")).hasSize(4);
        assertThat(output).doesNotContain("geheim");
    }

    @Test
    void anOwnUrlWithAnotherPrefix(CapturedOutput output) {
        failToStart("--dbleases.connection.url=jdbc:postgres://db/shop?password=geheim");

        assertThat(analysis(output))
                .contains(
                        "The value of dbleases.connection.url begins with 'jdbc:postgres:', which is the prefix of no JDBC driver")
                .contains("Write jdbc:postgresql://host:5432/database");
        assertThat(output).doesNotContain("geheim");
    }

    @Test
    void theDatabaseIsDown(CapturedOutput output) {
        server.stopFast();

        failToStart();

        server.start();
        assertThat(analysis(output))
                .contains("host '%s', port %d".formatted(server.host(), server.port()))
                .contains("Start the database if it is down")
                .contains("set dbleases.migration.mode=validate");
    }

    @Test
    void aUserWithoutRightsOnTheTables(CapturedOutput output) {
        new Sql(database.dataSource())
                .execute("CREATE SCHEMA IF NOT EXISTS shop", "CREATE ROLE nobody LOGIN PASSWORD 'n'");
        start("--spring.datasource.username=postgres", "--dbleases.schema=shop");

        failToStart(
                "--dbleases.migration.mode=none",
                "--dbleases.schema=shop",
                "--spring.datasource.username=nobody",
                "--spring.datasource.password=n");

        assertThat(analysis(output))
                .contains("The database user 'nobody' lacks rights on the tables of dbleases.")
                .contains("GRANT USAGE ON SCHEMA \"shop\" TO \"nobody\";")
                .contains("GRANT SELECT, INSERT, UPDATE, DELETE ON \"shop\".\"dbleases_session\" TO \"nobody\";");
    }

    @Test
    void severalDataSourcesOfWhichNoneIsMarked(CapturedOutput output) {
        failToStart(WithTwoDataSources.class);

        assertThat(analysis(output))
                .contains("There are several DataSource beans (shop, warehouse), and none is marked")
                .contains("Put @DbLeasesDataSource on the one to use, or @Primary");
    }

    @Test
    void oneOfSeveralDataSourcesIsMarked() {
        application(WithMarkedDataSource.class).run().close();
    }

    private static String analysis(CapturedOutput output) {
        String all = output.toString();
        int start = all.lastIndexOf("APPLICATION FAILED TO START");
        assertThat(start).as(all).isNotNegative();
        return all.substring(start);
    }

    private static void start(String... arguments) {
        application(Application.class).run(arguments).close();
    }

    private static void failToStart(String... arguments) {
        failToStart(Application.class, arguments);
    }

    private static void failToStart(Class<?> type, String... arguments) {
        SpringApplicationBuilder application = application(type);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(Exception.class);
    }

    private static SpringApplicationBuilder application(Class<?> type) {
        return new SpringApplicationBuilder(type)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties(Map.of(
                        "spring.datasource.url", database.jdbcUrl(),
                        "spring.datasource.username", "app",
                        "spring.datasource.password", "right"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
    static class Application {

        /** The commonest bean of all: it needs a database that is initialized. */
        @Bean
        String orders(JdbcTemplate jdbc) {
            return jdbc.toString();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
    static class WithTwoDataSources {

        @Bean
        DataSource shop() {
            return database.dataSource();
        }

        @Bean
        DataSource warehouse() {
            return database.dataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
    static class WithMarkedDataSource {

        @Bean
        DataSource shop() {
            return database.dataSource();
        }

        @Bean
        @DbLeasesDataSource
        DataSource warehouse() {
            return database.dataSource();
        }
    }
}
