package io.github.dbleases.keyvalue.gcs;

import static io.github.dbleases.keyvalue.gcs.Faults.Method.DELETE;
import static io.github.dbleases.keyvalue.gcs.Faults.Method.GET;
import static io.github.dbleases.keyvalue.gcs.Faults.Method.POST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests and replies that are lost, late or refused for a while. */
class GcsFaultTests {

    private final FakeGcs server = FakeGcs.start();
    private final KeyValueBackend backend = backend(Duration.ofSeconds(30));
    private final KeyValueBackend other = backend(Duration.ofSeconds(30));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aReadIsTwoRequestsAndEverythingElseIsOne() {
        assertThat(backend.list("lease/")).isEmpty();
        assertThat(server.faults().countRequests()).isEqualTo(1);
        String version = create("first");
        assertThat(server.faults().countRequests()).isEqualTo(1);
        assertThat(backend.get("lease/orders")).isPresent();
        assertThat(server.faults().countRequests()).isEqualTo(2);
        assertThat(backend.put("lease/orders", "second", "1")).isEmpty();
        assertThat(server.faults().countRequests()).isEqualTo(1);
        assertThat(backend.delete("lease/orders", version)).isTrue();
        assertThat(server.faults().countRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUEST_LOST", "UNAVAILABLE", "TOO_MANY_REQUESTS", "RATE_LIMIT"})
    void aWriteThatHadNoEffectIsRetried(Fault fault) {
        server.faults().next(POST, fault, fault);

        String version = create("first");

        assertThat(backend.get("lease/orders")).contains(new Document("first", version));
        assertThat(server.faults().countRequests()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(names = {"REPLY_LOST", "UNAVAILABLE_AFTER_EFFECT"})
    void aWriteWhoseReplyWasLostIsRecognized(Fault fault) {
        server.faults().next(POST, fault);
        String first = create("first");
        assertThat(other.get("lease/orders")).contains(new Document("first", first));

        server.faults().next(POST, fault, Fault.UNAVAILABLE, fault);
        String second = backend.put("lease/orders", "second", first).orElseThrow();

        assertThat(other.get("lease/orders")).contains(new Document("second", second));
    }

    @Test
    void aWriteThatIsRetriedAfterAnotherOneLeavesItsOutcomeOpen() {
        server.faults().next(POST, Fault.UNAVAILABLE, Fault.INTERLUDE);
        server.faults().interlude(() -> other.put("lease/orders", "theirs", null));

        assertThatThrownBy(() -> create("mine"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("gs://leases/dbleases/lease/orders")
                .hasMessageContaining("outcome is unknown");

        assertThat(content()).contains("theirs");
    }

    @Test
    void aWriteThatWasReplacedBeforeItWasRecognizedLeavesItsOutcomeOpen() {
        server.faults().next(POST, Fault.REPLY_LOST, Fault.INTERLUDE);
        server.faults().interlude(() -> {
            Document mine = other.get("lease/orders").orElseThrow();
            other.put("lease/orders", "theirs", mine.version());
        });

        assertThatThrownBy(() -> create("mine")).isInstanceOf(StoreUnavailableException.class);

        assertThat(content()).contains("theirs");
    }

    @Test
    void aRateLimitedRequestHadNoEffect() {
        server.faults().next(POST, Fault.TOO_MANY_REQUESTS, Fault.INTERLUDE);
        server.faults().interlude(() -> other.put("lease/orders", "theirs", null));

        assertThat(backend.put("lease/orders", "mine", null)).isEmpty();
    }

    @Test
    void anUnansweredDeletionLeavesItsOutcomeOpen() {
        String version = create("first");
        server.faults().next(DELETE, Fault.REPLY_LOST);

        assertThatThrownBy(() -> backend.delete("lease/orders", version)).isInstanceOf(StoreUnavailableException.class);

        assertThat(backend.get("lease/orders")).isEmpty();
    }

    @Test
    void aDeletionThatHadNoEffectIsRetried() {
        String version = create("first");
        server.faults().next(DELETE, Fault.UNAVAILABLE);

        assertThat(backend.delete("lease/orders", version)).isTrue();
    }

    @Test
    void readsAreRetried() {
        String version = create("first");
        server.faults().next(GET, Fault.UNAVAILABLE, Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.UNAVAILABLE);

        assertThat(backend.get("lease/orders")).contains(new Document("first", version));
        server.faults().next(GET, Fault.UNAVAILABLE);
        assertThat(backend.list("")).containsOnlyKeys("lease/orders");
    }

    @Test
    void aListWhoseSecondPageFailsStartsAgain() {
        IntStream.range(0, 150).forEach(i -> backend.put("lease/" + i, "", null));
        server.faults().next(GET, Fault.NONE, Fault.UNAVAILABLE);

        assertThat(backend.list("lease/")).hasSize(150);
    }

    @Test
    void aDocumentThatIsReplacedBetweenTheRequestsOfAReadIsReadAgain() {
        String first = create("first");
        AtomicReference<String> second = new AtomicReference<>();
        server.faults().next(GET, Fault.NONE, Fault.INTERLUDE);
        server.faults()
                .interlude(() ->
                        second.set(other.put("lease/orders", "second", first).orElseThrow()));

        Optional<Document> read = backend.get("lease/orders");

        assertThat(read).contains(new Document("second", second.get()));
    }

    @Test
    void aDocumentThatIsDeletedBetweenTheRequestsOfAReadIsGone() {
        String version = create("first");
        backend.get("lease/customers");
        server.faults().next(GET, Fault.NONE, Fault.INTERLUDE);
        server.faults().interlude(() -> other.delete("lease/orders", version));

        assertThat(backend.get("lease/orders")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENCE", "SILENCE_AFTER_EFFECT", "UNAVAILABLE", "TOO_MANY_REQUESTS", "REQUEST_LOST"})
    void aCallEndsWithItsTimeBudget(Fault fault) {
        List.of(GET, POST, DELETE).forEach(method -> server.faults().always(method, fault));
        KeyValueBackend hasty = backend(Duration.ofMillis(200));

        assertThatThrownBy(() -> hasty.get("lease/orders"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("did not answer within 200 ms");
        assertThatThrownBy(() -> hasty.put("lease/orders", "", null)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> hasty.delete("lease/orders", "1")).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> hasty.list("")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aServiceThatCannotBeReachedIsUnavailable() {
        server.close();

        assertThatThrownBy(() -> backend(Duration.ofMillis(200)).list(""))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void anInterruptedCallEndsWhileItWaitsForItsNextAttempt() {
        server.faults().always(GET, Fault.UNAVAILABLE);
        AtomicReference<Thread> caller = new AtomicReference<>();
        CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
            caller.set(Thread.currentThread());
            try {
                backend(Duration.ofHours(1)).list("");
                return false;
            } catch (StoreUnavailableException e) {
                return Thread.interrupted();
            }
        });
        await().until(() -> server.faults().requests() > 0);

        caller.get().interrupt();

        assertThat(interrupted).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
    }

    private KeyValueBackend backend(Duration timeout) {
        return new GcsBackend(
                server.client(), new GcsBackendConfig(FakeGcs.BUCKET, GcsBackendConfig.DEFAULT_PREFIX, timeout));
    }

    private String create(String content) {
        return backend.put("lease/orders", content, null).orElseThrow();
    }

    private Optional<String> content() {
        return backend.get("lease/orders").map(Document::content);
    }
}
