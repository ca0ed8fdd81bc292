package io.github.dbleases.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An application that is built ahead of time, as process-aot does, and started with other settings than it was built with. */
@Execution(ExecutionMode.CONCURRENT)
class BuiltAheadOfTimeTests {

    private static final List<String> SETTINGS = List.of(
            "--dbleases.leases.orders.partitions=16",
            "--dbleases.runners.mails.table=outbox",
            "--dbleases.runners.mails.finish=delete",
            "--dbleases.runners.mails.interval=100ms");

    @TempDir
    private static Path folder;

    private static String built = "";

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();

    @BeforeAll
    static void build() throws Exception {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Path sources = Files.createDirectory(folder.resolve("sources"));
        Path resources = Files.createDirectory(folder.resolve("resources"));
        List<String> arguments = new ArrayList<>(List.of(
                ShopApplication.class.getName(),
                sources.toString(),
                resources.toString(),
                classes.toString(),
                "shop",
                "orders",
                "--spring.datasource.url=jdbc:postgresql://nowhere/leases"));
        arguments.addAll(SETTINGS);
        try (ApplicationProcess build = ApplicationProcess.onClassPath(
                "",
                List.of(),
                "org.springframework.boot.SpringApplicationAotProcessor",
                arguments.toArray(String[]::new))) {
            assertThat(build.awaitEnd()).as(build.output()).isZero();
        }
        built = classes + File.pathSeparator + resources;
        compile(sources, classes);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            List<String> arguments = new ArrayList<>(List.of(
                    "-proc:none",
                    "-nowarn",
                    "-parameters",
                    "-d",
                    classes.toString(),
                    "-classpath",
                    StartArchive.classPath()));
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
            assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                    .isZero();
        }
    }

    @Test
    void itWorksAsItWasBuilt() throws InterruptedException {
        new Sql(database.dataSource())
                .execute(
                        "CREATE TABLE outbox (id bigint PRIMARY KEY, address text, session_id bigint)",
                        "INSERT INTO outbox (id, address) VALUES (1, 'ada@example.org')");
        try (ApplicationProcess application = start()) {
            application
                    .awaitLine("owns 16 partitions")
                    .awaitLine("run of the job")
                    .awaitLine("mail to ada@example.org");
            assertThat(application.terminate().awaitEnd()).isEqualTo(143);
        }
    }

    @Test
    void classesThatAreLedHaveTheirProxiesInANativeImage() {
        try (ApplicationProcess application = ApplicationProcess.onClassPath(
                built,
                List.of("-Dorg.graalvm.nativeimage.imagecode=runtime"),
                GeneratedStart.class.getName(),
                arguments("--dbleases.tasks.enabled=false").toArray(String[]::new))) {
            application.awaitLine("owns 16 partitions").awaitLine("run of the job");
        }
    }

    @Test
    void anotherNumberOfPartitionsCounts() {
        try (ApplicationProcess application =
                start("--dbleases.leases.orders.partitions=24", "--dbleases.tasks.enabled=false")) {
            application.awaitLine("owns 24 partitions");
        }
    }

    @Test
    void switchedOffItTouchesNoDatabase() throws InterruptedException {
        try (ApplicationProcess application =
                start("--dbleases.enabled=false", "--spring.datasource.url=jdbc:postgresql://nowhere/leases")) {
            application.awaitLine("started; client STOPPED");
            assertThat(application.lines()).noneMatch(line -> line.contains("run of the job"));
        }
    }

    @Test
    void anotherModeOfMigrationCounts() throws InterruptedException {
        // An attempt that is overdue on a busy machine would not fail the start, but be repeated.
        try (ApplicationProcess application =
                start("--dbleases.migration.mode=none", "--dbleases.tasks.enabled=false", "--dbleases.ttl=60s")) {
            assertThat(application.awaitEnd()).isEqualTo(1);
            assertThat(application.output()).contains("dbleases_session").contains("do not exist");
        }
    }

    @Test
    void aLeaseThatWasNotThereWhenItWasBuiltIsRefused() throws InterruptedException {
        try (ApplicationProcess application = start("--dbleases.leases.invoices.partitions=8")) {
            assertThat(application.awaitEnd()).isEqualTo(1);
            assertThat(application.output())
                    .contains("APPLICATION FAILED TO START")
                    .contains(
                            "dbleases.leases.invoices is set, but the application was built ahead of time without that lease");
        }
    }

    @Test
    void anotherStoreIsRefused() throws InterruptedException {
        try (ApplicationProcess application = start("--dbleases.store.type=memory")) {
            assertThat(application.awaitEnd()).isEqualTo(1);
            assertThat(application.output())
                    .contains(
                            "dbleases.store.type is 'memory', but the application was built ahead of time with 'postgres'");
        }
    }

    private ApplicationProcess start(String... more) {
        return ApplicationProcess.onClassPath(
                built,
                List.of("-Dspring.aot.enabled=true"),
                ShopApplication.class.getName(),
                arguments(more).toArray(String[]::new));
    }

    private List<String> arguments(String... more) {
        List<String> arguments = new ArrayList<>(SETTINGS);
        arguments.addAll(List.of(
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password()));
        List<String> added = List.of(more);
        arguments.removeIf(argument -> added.stream().anyMatch(one -> name(one).equals(name(argument))));
        arguments.addAll(added);
        return arguments;
    }

    private static String name(String argument) {
        return argument.substring(0, argument.indexOf('='));
    }
}
