package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import com.sun.net.httpserver.HttpServer;
import io.github.dbleases.Lease;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

/** What a real start prints when the chosen store cannot be used. */
@ExtendWith(OutputCaptureExtension.class)
class StoreFailureAnalysisTests {

    private static String storageHost;

    @Test
    void aDirectoryThatIsNotSet(CapturedOutput output) {
        failToStart("--dbleases.store.type=file");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type is 'file', but dbleases.store.file.directory is not set.")
                .contains("Set dbleases.store.file.directory to a directory that all instances share.");
    }

    @Test
    void aDirectoryThatCannotBeUsed(CapturedOutput output, @TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("leases"));

        failToStart("--dbleases.store.type=file", "--dbleases.store.file.directory=" + file);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The directory " + file + " cannot be used")
                .contains("files in it, or choose another directory.");
    }

    @Test
    void aBucketThatIsNotSet(CapturedOutput output) {
        failToStart("--dbleases.store.type=gcs");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type is 'gcs', but dbleases.store.gcs.bucket is not set.");
    }

    @Test
    void aBucketThatDoesNotExist(CapturedOutput output) throws IOException {
        failWithStorageThatAnswers(404, "The specified bucket does not exist.");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The bucket 'leases' does not exist: The specified bucket does not exist.")
                .contains("gcloud storage buckets create gs://leases");
    }

    @Test
    void credentialsThatAreMissing(CapturedOutput output) throws IOException {
        failWithStorageThatAnswers(401, "Anonymous caller does not have storage.objects.create access.");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Google Cloud Storage does not accept the credentials, or got none")
                .contains("GOOGLE_APPLICATION_CREDENTIALS");
    }

    @Test
    void theClientOfGoogleCloudStorageThatIsMissing(CapturedOutput output) {
        failToStartWithout(
                "com.google.cloud.storage", "--dbleases.store.type=gcs", "--dbleases.store.gcs.bucket=leases");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type is 'gcs', but what that store needs is not on the class path.")
                .contains("Add the dependency com.google.cloud:google-cloud-storage");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "jdbc"})
    void theModuleForKeyValueStoresThatIsMissing(String type, CapturedOutput output) {
        failToStartWithout(
                "io.github.dbleases.keyvalue",
                "--dbleases.store.type=" + type,
                "--dbleases.connection.url=jdbc:h2:mem:none");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type is '%s', but what that store needs is not on the class path."
                        .formatted(type))
                .contains("Add the dependency io.github.dbleases:dbleases-store-keyvalue, or choose another");
    }

    @Test
    void theModuleForGoogleCloudStorageThatIsMissing(CapturedOutput output) {
        failToStartWithout("io.github.dbleases.keyvalue.gcs", "--dbleases.store.type=gcs");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Add the dependency io.github.dbleases:dbleases-store-gcs, or choose another");
    }

    @Test
    void jdbcThatIsMissing(CapturedOutput output) {
        failToStartWithout("org.springframework.jdbc", "--dbleases.store.type=jdbc");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Add the dependency org.springframework.boot:spring-boot-starter-jdbc and the driver");
    }

    @Test
    void aDatabaseThatIsMissing(CapturedOutput output) {
        failToStart("--dbleases.store.type=jdbc");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type is 'jdbc', but there is no DataSource and no dbleases.connection.url.")
                .contains("Set spring.datasource.url");
    }

    @Test
    void postgresThatWasAskedForAndIsMissing(CapturedOutput output) {
        failToStart("--dbleases.store.type=postgres");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("to the URL of a PostgreSQL database, or choose another dbleases.store.type.");
    }

    @Test
    void aNameThatIsNoTable(CapturedOutput output) {
        failToStart(
                "--dbleases.store.type=jdbc",
                "--dbleases.connection.url=jdbc:h2:mem:none",
                "--dbleases.store.jdbc.table=my leases");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("table is 'my leases'")
                .contains("The property is dbleases.store.jdbc.table.");
    }

    @Test
    void aStoreThatDoesNotExist(CapturedOutput output) {
        failToStart("--dbleases.store.type=redis");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases.store.type")
                .contains("redis")
                .contains("POSTGRES");
    }

    @Test
    void aDatabaseThatIsNotNeeded(CapturedOutput output, @TempDir Path directory) {
        ClassLoader withoutEmbedded = new FilteredClassLoader("org.h2", "org.hsqldb", "org.apache.derby");

        failToStart(
                WithDataSource.class,
                withoutEmbedded,
                "--dbleases.store.type=file",
                "--dbleases.store.file.directory=" + directory);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("dbleases needs none, as dbleases.store.type is 'file'.")
                .contains("exclude spring-boot-starter-jdbc");
    }

    @Test
    void aDatabaseThatIsNeededIsLeftToSpringBoot(CapturedOutput output) {
        failToStart(WithDataSource.class, new FilteredClassLoader("org.h2", "org.hsqldb", "org.apache.derby"));

        assertThat(output)
                .contains("Failed to configure a DataSource: 'url' attribute is not specified")
                .doesNotContain("dbleases needs none");
    }

    private static void failWithStorageThatAnswers(int status, String message) throws IOException {
        String error = "{\"error\": {\"code\": %d, \"message\": \"%s\"}}".formatted(status, message);
        byte[] body = error.getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        try {
            storageHost = "http://localhost:" + server.getAddress().getPort();
            failToStart(
                    WithStorage.class,
                    StoreFailureAnalysisTests.class.getClassLoader(),
                    "--dbleases.store.type=gcs",
                    "--dbleases.store.gcs.bucket=leases");
        } finally {
            server.stop(0);
        }
    }

    private static void failToStart(String... arguments) {
        failToStart(Application.class, StoreFailureAnalysisTests.class.getClassLoader(), arguments);
    }

    private static void failToStartWithout(String hiddenPackage, String... arguments) {
        failToStart(Application.class, new FilteredClassLoader(hiddenPackage), arguments);
    }

    private static void failToStart(Class<?> type, ClassLoader classLoader, String... arguments) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(type)
                .resourceLoader(new DefaultResourceLoader(classLoader))
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF);
        // An attempt that is overdue on a busy machine would not fail the start, but be repeated.
        String[] all = Stream.concat(
                        Arrays.stream(arguments),
                        Stream.of("--dbleases.leases.orders.partitions=8", "--dbleases.ttl=60s"))
                .toArray(String[]::new);
        assertThatThrownBy(() -> application.run(all)).isInstanceOf(Exception.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {

        /** Asks for a lease before anything else. */
        @Bean
        String consumer(Lease lease) {
            return lease.name();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithDataSource {}

    static class WithStorage extends Application {

        @Bean
        Storage storage() {
            return StorageOptions.http()
                    .setHost(storageHost)
                    .setProjectId("test")
                    .setCredentials(NoCredentials.getInstance())
                    .build()
                    .getService();
        }
    }
}
