package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.actuate.LeasesEndpoint;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A password is nowhere to be read, wherever it was set and whatever fails: not even in the debug log of the driver. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

    private static final String SECRET = "geheim4711";

    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private static PostgresServer server;
    private static PostgresDatabase database;

    private final List<String> logged = new CopyOnWriteArrayList<>();

    private final Handler handler = new Handler() {

        @Override
        public void publish(LogRecord message) {
            logged.add(new SimpleFormatter().format(message));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void startServer() {
        server = PostgresServer.privateServer(Map.of());
        database = server.freshDatabase();
        server.execute("CREATE ROLE app LOGIN SUPERUSER PASSWORD '%s'".formatted(SECRET));
    }

    @AfterAll
    static void removeServer() {
        server.close();
    }

    @BeforeEach
    void listen() {
        handler.setLevel(Level.ALL);
        DRIVER.setLevel(Level.ALL);
        DRIVER.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        DRIVER.removeHandler(handler);
        DRIVER.setLevel(null);
    }

    @Test
    void whileAllIsWell(CapturedOutput output) throws Exception {
        String url = "%s?user=app&password=%s".formatted(database.jdbcUrl(), SECRET);
        try (ConfigurableApplicationContext context = start("--spring.datasource.url=" + url)) {
            await().until(() -> context.getBean(LeaseClient.class).state() == ClientState.ACTIVE);
            assertTold(context.getBean(LeasesEndpoint.class).leases().toString(), "orders");
            assertTold(context.getBean(DbLeasesProperties.class).toString(), "DbLeasesProperties");
            assertTold(activity(), "dbleases");
            assertThat(logged).anyMatch(line -> line.contains("Connecting with URL"));
        }

        assertTold(output.toString(), "Started");
        assertTold(String.join("\n", logged), "Connecting with URL");
    }

    private static String activity() throws Exception {
        StringBuilder activity = new StringBuilder();
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT activity::text FROM pg_stat_activity AS activity")) {
            while (rows.next()) {
                activity.append(rows.getString(1)).append('\n');
            }
        }
        return activity.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://app:geheim4711@localhost:1/shop",
                "jdbc:postgresql://app:47/geheim4711@localhost:1/shop",
                "jdbc:postgresql://localhost:geheim4711/shop",
                "jdbc:postgresql://localhost:1/shop?user=app&password=geheim4711",
                "jdbc:postgres://localhost:1/shop?password=geheim4711",
                "postgres://app:geheim4711@localhost:1/shop",
                "geheim4711"
            })
    void whenTheUrlIsWrong(String url, CapturedOutput output) {
        for (String property :
                new String[] {"spring.datasource.url", "dbleases.connection.url", "dbleases.migration.url"}) {
            logged.clear();
            String failure = failure(
                    property.startsWith("spring")
                            ? List.of("--spring.datasource.url=" + url)
                            : List.of(
                                    "--spring.datasource.url=" + database.jdbcUrl(),
                                    "--spring.datasource.username=app",
                                    "--%s=%s".formatted(property, url)));

            assertTold(failure, "Exception");
            assertTold(String.join("\n", logged), "");
        }
        assertTold(output.toString(), "APPLICATION FAILED TO START");
    }

    @Test
    void whenTheDatabaseIsAway(CapturedOutput output) {
        server.stopFast();
        String url = "%s?password=%s".formatted(database.jdbcUrl(), SECRET);
        try (ConfigurableApplicationContext context = start(
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=app",
                "--spring.datasource.password=" + SECRET,
                "--dbleases.migration.mode=none")) {
            assertTold(String.valueOf(context.getBean(LeasesEndpoint.class).leases()), "STARTING");
        } finally {
            server.start();
        }

        assertTold(output.toString(), "cannot reach the store");
        assertTold(String.join("\n", logged), "Connecting with URL");
    }

    @Test
    void whenAPropertyIsMisspelt(CapturedOutput output) {
        String failure = failure(List.of(
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=app",
                "--dbleases.connection.pasword=" + SECRET));

        assertTold(failure, "Did you mean dbleases.connection.password?");
        assertTold(output.toString(), "Did you mean dbleases.connection.password?");
    }

    private static void assertTold(String text, String told) {
        assertThat(text).contains(told).doesNotContain(SECRET);
    }

    private static String failure(List<String> arguments) {
        try (ConfigurableApplicationContext started = start(arguments.toArray(String[]::new))) {
            throw new AssertionError("It started: " + started);
        } catch (RuntimeException failed) {
            StringWriter trace = new StringWriter();
            failed.printStackTrace(new PrintWriter(trace, true));
            return trace.toString();
        }
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(Stream.concat(
                                Stream.of(
                                        "--dbleases.leases.orders.partitions=4",
                                        "--management.endpoints.web.exposure.include=leases",
                                        "--logging.level.io.github.dbleases=trace",
                                        "--logging.level.org.flywaydb=debug"),
                                Stream.of(arguments))
                        .toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
    static class Application {}
}
