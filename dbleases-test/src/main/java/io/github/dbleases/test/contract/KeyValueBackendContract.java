package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link KeyValueBackend} as a test suite. A backend that passes it can keep leases.
 *
 * <pre>{@code
 * class RedisBackendTests extends KeyValueBackendContract {
 *
 *     RedisBackendTests() {
 *         super(() -> {
 *             String prefix = UUID.randomUUID() + "/";
 *             return () -> new RedisBackend(URI, prefix);
 *         });
 *     }
 * }
 * }</pre>
 *
 * <p>Requires JUnit Jupiter, including parameterized tests, and AssertJ on the test class path.
 */
public abstract class KeyValueBackendContract {

    private static final int WRITERS = 4;

    private final Supplier<? extends BackendUnderTest> storages;
    private BackendUnderTest storage;
    private KeyValueBackend one;
    private KeyValueBackend another;

    /**
     * Creates the suite.
     *
     * @param storages called once for each test, returns empty storage
     */
    protected KeyValueBackendContract(Supplier<? extends BackendUnderTest> storages) {
        this.storages = storages;
    }

    @BeforeEach
    final void openBackends() {
        storage = storages.get();
        one = storage.open();
        another = storage.open();
    }

    @AfterEach
    final void closeBackends() throws Exception {
        for (KeyValueBackend backend : List.of(one, another)) {
            if (backend instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
        storage.close();
    }

    private KeyValueBackend backend() {
        return one;
    }

    /** Returns a backend on the same storage, as used by another process. */
    private KeyValueBackend another() {
        return another;
    }

    @Test
    void aDocumentThatWasNotWrittenDoesNotExist() {
        assertThat(backend().get("lease/orders")).isEmpty();
        assertThat(backend().list("")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("contents")
    void aDocumentIsReadAsItWasWritten(String content) {
        String version = create("lease/orders", content);

        assertThat(backend().get("lease/orders")).contains(new Document(content, version));
        assertThat(another().get("lease/orders")).contains(new Document(content, version));
    }

    static Stream<String> contents() {
        return Stream.of(
                "",
                "one line",
                "one line\n",
                "\n\nlines\r\nof every kind\n\r\t\\n # = : %s \" '",
                "Zürich 東京 \uD83D\uDE00",
                "x".repeat(300_000));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyBelongsToOneDocument(String key) {
        String version = create(key, "content of " + key);

        assertThat(backend().get(key)).contains(new Document("content of " + key, version));
        assertThat(backend().list("")).isEqualTo(Map.of(key, version));
        assertThat(another().list(key)).isEqualTo(Map.of(key, version));
        String next = put(key, "", version).orElseThrow();
        assertThat(backend().delete(key, next)).isTrue();
        assertThat(backend().get(key)).isEmpty();
    }

    static Stream<String> keys() {
        return Stream.of(
                "a",
                "session/4503599627370496",
                "lease/orders",
                "lease/a/b//c/",
                "lease/..",
                "lease/../../etc/passwd",
                "..",
                ".",
                "/",
                "-",
                "lease/team:a:b",
                "lease/CON",
                "lease/" + "x".repeat(694),
                "lease/" + "X".repeat(694),
                "lease/" + "/:".repeat(347));
    }

    @Test
    void similarKeysBelongToDifferentDocuments() {
        Map<String, String> versions = new HashMap<>();
        String longest = "x".repeat(690);
        List<String> alike = List.of(
                "lease/a",
                "lease/A",
                "lease/a/",
                "lease//a",
                "lease/a/b",
                "lease/a:b",
                "lease/a.b",
                "lease/a-b",
                "lease/a_b",
                "lease/a.",
                "lease/.a",
                "lease:a",
                longest + "a",
                longest + "b",
                longest + "A");

        alike.forEach(key -> versions.put(key, create(key, key)));

        assertThat(another().list("")).isEqualTo(versions);
        alike.forEach(
                key -> assertThat(backend().get(key).map(Document::content)).contains(key));
    }

    @Test
    void aDocumentIsCreatedOnlyIfThereIsNone() {
        String version = create("lease/orders", "first");

        assertThat(put("lease/orders", "second", null)).isEmpty();

        assertThat(backend().get("lease/orders")).contains(new Document("first", version));
    }

    @Test
    void aDocumentIsReplacedOnlyIfItHasTheVersion() {
        String first = create("lease/orders", "first");
        String second = put("lease/orders", "second", first).orElseThrow();

        assertThat(put("lease/orders", "third", first)).isEmpty();
        assertThat(put("lease/orders", "third", "no version")).isEmpty();

        assertThat(another().get("lease/orders")).contains(new Document("second", second));
        assertThat(another().list("")).isEqualTo(Map.of("lease/orders", second));
    }

    @Test
    void aDocumentThatDoesNotExistIsNotReplaced() {
        String version = create("lease/orders", "first");
        backend().delete("lease/orders", version);

        assertThat(put("lease/orders", "second", version)).isEmpty();
        assertThat(put("lease/customers", "second", version)).isEmpty();

        assertThat(backend().list("")).isEmpty();
    }

    @Test
    void aDocumentIsDeletedOnlyIfItHasTheVersion() {
        String first = create("lease/orders", "first");
        String second = put("lease/orders", "second", first).orElseThrow();

        assertThat(backend().delete("lease/orders", first)).isFalse();
        assertThat(backend().delete("lease/customers", second)).isFalse();
        assertThat(backend().get("lease/orders")).isPresent();

        assertThat(another().delete("lease/orders", second)).isTrue();
        assertThat(backend().get("lease/orders")).isEmpty();
        assertThat(backend().delete("lease/orders", second)).isFalse();
    }

    @Test
    void noVersionRecurs() {
        Set<String> versions = new HashSet<>();
        for (int life = 0; life < 3; life++) {
            String version = create("lease/orders", "the same");
            assertThat(versions.add(version)).isTrue();
            for (int write = 0; write < 3; write++) {
                version = put("lease/orders", "the same", version).orElseThrow();
                assertThat(versions.add(version)).isTrue();
            }
            assertThat(backend().delete("lease/orders", version)).isTrue();
        }
    }

    @Test
    void aListContainsTheKeysWithThePrefix() {
        String one = create("session/1", "");
        String ten = create("session/10", "");
        String orders = create("lease/orders", "");
        create("sessions", "");

        assertThat(backend().list("session/")).isEqualTo(Map.of("session/1", one, "session/10", ten));
        assertThat(backend().list("session/10")).isEqualTo(Map.of("session/10", ten));
        assertThat(backend().list("lease/")).isEqualTo(Map.of("lease/orders", orders));
        assertThat(backend().list("lease/customers")).isEmpty();
        assertThat(backend().list("")).hasSize(4);
    }

    @Test
    void aListCanContainHundredsOfDocuments() {
        IntStream.range(0, 300).forEach(i -> create("lease/" + i, ""));

        assertThat(backend().list("lease/")).hasSize(300);
    }

    @Test
    void onlyOneOfManyWritersCreatesADocument() {
        for (int round = 0; round < 10; round++) {
            String key = "lease/" + round;

            List<Optional<String>> created = fromAllSides(backend -> backend.put(key, "", null));

            assertThat(created.stream().flatMap(Optional::stream)).hasSize(1);
        }
    }

    @Test
    void onlyOneOfManyWritersDeletesADocument() {
        for (int round = 0; round < 10; round++) {
            String version = create("lease/orders", "");

            List<Boolean> deleted = fromAllSides(backend -> backend.delete("lease/orders", version));

            assertThat(Collections.frequency(deleted, true)).isEqualTo(1);
        }
    }

    @Test
    void noWriteIsLost() {
        create("lease/counter", "0");

        fromAllSides(backend -> {
            for (int i = 0; i < 50; i++) {
                increment(backend);
            }
            return true;
        });

        assertThat(backend().get("lease/counter").map(Document::content)).contains(Integer.toString(50 * WRITERS));
    }

    /** Increments the number in a document, and tries again if another writer was faster. */
    static void increment(KeyValueBackend backend) {
        Optional<String> written;
        do {
            Document read = backend.get("lease/counter").orElseThrow();
            int next = Integer.parseInt(read.content()) + 1;
            written = backend.put("lease/counter", Integer.toString(next), read.version());
        } while (written.isEmpty());
    }

    @Test
    void aReaderNeverSeesHalfADocumentOrMissesOneThatIsBeingReplaced() {
        create("session/1", "0".repeat(10_000));
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 100; i++) {
                Document read = another().get("session/1").orElseThrow();
                put("session/1", Integer.toString(i % 10).repeat(10_000), read.version());
            }
        });

        do {
            String content = backend().get("session/1").orElseThrow().content();
            assertThat(content).isEqualTo(content.substring(0, 1).repeat(10_000));
            assertThat(backend().list("session/")).containsOnlyKeys("session/1");
        } while (!writing.isDone());
        writing.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "put", "delete", "list"})
    void anInterruptedCallDoesNotHarmLaterOnes(String verb) {
        String version = create("lease/orders", "first");

        Thread.currentThread().interrupt();
        try {
            switch (verb) {
                case "get" -> backend().get("lease/orders");
                case "put" -> backend().put("lease/orders", "second", version);
                case "delete" -> backend().delete("lease/orders", version);
                default -> backend().list("");
            }
        } catch (StoreUnavailableException interrupted) {
            assertThat(interrupted).hasMessageNotContaining("null");
        } finally {
            Thread.interrupted();
        }

        backend().get("lease/orders").ifPresent(document -> backend().delete("lease/orders", document.version()));
        String anew = create("lease/orders", "third");
        assertThat(another().list("")).isEqualTo(Map.of("lease/orders", anew));
    }

    @Test
    void documentsHaveDifferentPlaces() {
        assertThat(backend().place("lease/orders")).isNotEqualTo(backend().place("lease/customers"));
    }

    private String create(String key, String content) {
        return backend().put(key, content, null).orElseThrow();
    }

    private Optional<String> put(String key, String content, @Nullable String ifVersion) {
        return backend().put(key, content, ifVersion);
    }

    /** Runs an action on several threads at once, on two backends. */
    private <T> List<T> fromAllSides(Function<KeyValueBackend, T> action) {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            CyclicBarrier start = new CyclicBarrier(WRITERS);
            List<CompletableFuture<T>> all = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                KeyValueBackend side = i % 2 == 0 ? backend() : another();
                all.add(CompletableFuture.supplyAsync(
                        () -> {
                            await(start);
                            return action.apply(side);
                        },
                        threads));
            }
            return all.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdown();
        }
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
