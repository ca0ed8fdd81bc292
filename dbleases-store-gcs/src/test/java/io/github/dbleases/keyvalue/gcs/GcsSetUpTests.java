package io.github.dbleases.keyvalue.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.gcs.Faults.Method;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages for a bucket, credentials or settings that are wrong. */
class GcsSetUpTests {

    private final FakeGcs server = FakeGcs.start();

    @AfterEach
    void stop() {
        server.close();
    }

    static Stream<Consumer<GcsBackend>> verbs() {
        return Stream.of(
                backend -> backend.get("lease/orders"),
                backend -> backend.put("lease/orders", "", null),
                backend -> backend.put("lease/orders", "", "1"),
                backend -> backend.list(""));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void aBucketThatDoesNotExistIsNamed(Consumer<GcsBackend> verb) {
        GcsBackend backend = new GcsBackend(server.client(), config("nowhere", "dbleases/"));

        assertThatThrownBy(() -> verb.accept(backend))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("The bucket 'nowhere' does not exist")
                .hasMessageContaining("gcloud storage buckets create gs://nowhere")
                .hasMessageContaining("or set bucket to one that exists");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void missingPermissionsAreNamed(Consumer<GcsBackend> verb) {
        always(Fault.FORBIDDEN);

        assertThatThrownBy(() -> verb.accept(backend()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("Access to the bucket 'leases' is forbidden")
                .hasMessageContaining("roles/storage.objectUser");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void rejectedCredentialsAreReported(Consumer<GcsBackend> verb) {
        always(Fault.UNAUTHORIZED);

        assertThatThrownBy(() -> verb.accept(backend()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("does not accept the credentials")
                .hasMessageContaining("GOOGLE_APPLICATION_CREDENTIALS");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void theRefusalOfTheServiceIsQuoted(Consumer<GcsBackend> verb) {
        always(Fault.INVALID);

        assertThatThrownBy(() -> verb.accept(backend()))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("(400): Sent by the test: INVALID");
    }

    @Test
    void theMessageForMissingCredentialsHasARemedy() {
        assertThatThrownBy(() -> GcsCredentials.storage(() -> {
                    throw new IOException("no credentials anywhere");
                }))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("There are no credentials for Google Cloud Storage.")
                .hasMessageContaining("gcloud auth application-default login");
    }

    @Test
    void aClientIsCreatedWithCredentials() {
        Storage storage = GcsCredentials.storage(NoCredentials::getInstance);

        assertThat(storage.getOptions()).isInstanceOf(HttpStorageOptions.class);
    }

    @Test
    void twoPrefixesInOneBucketAreTwoStores() {
        GcsBackend one = new GcsBackend(server.client(), config(FakeGcs.BUCKET, "one/"));
        GcsBackend two = new GcsBackend(server.client(), config(FakeGcs.BUCKET, "two/"));

        String version = one.put("lease/orders", "", null).orElseThrow();

        assertThat(two.get("lease/orders")).isEmpty();
        assertThat(two.list("")).isEmpty();
        assertThat(one.list("")).containsEntry("lease/orders", version);
        assertThat(one.place("lease/orders")).isEqualTo("gs://leases/one/lease/orders");
    }

    @Test
    void aGrpcClientIsRefused() {
        StorageOptions options = StorageOptions.grpc()
                .setProjectId("test")
                .setCredentials(NoCredentials.getInstance())
                .build();
        Storage grpc = (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> options);

        assertThatThrownBy(() -> new GcsBackend(grpc, config("leases", "dbleases/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("StorageOptions.http()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "TOO LONG"})
    void anInvalidPrefixIsRefused(String prefix) {
        String wrong = prefix.equals("TOO LONG") ? "x".repeat(301) : prefix;

        assertThatThrownBy(() -> config("leases", wrong))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("prefix is '" + wrong + "'");
    }

    @Test
    void aBlankBucketIsRefused() {
        assertThatThrownBy(() -> config(" ", "dbleases/"))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("bucket is blank");
    }

    private void always(Fault fault) {
        List.of(Method.values()).forEach(method -> server.faults().always(method, fault));
    }

    private GcsBackend backend() {
        return new GcsBackend(server.client(), config(FakeGcs.BUCKET, GcsBackendConfig.DEFAULT_PREFIX));
    }

    private static GcsBackendConfig config(String bucket, String prefix) {
        return new GcsBackendConfig(bucket, prefix, Duration.ofSeconds(30));
    }
}
