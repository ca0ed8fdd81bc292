package io.github.dbleases.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a store deals with lost replies, damaged documents and storage that hangs. */
class StorageFaultTests extends TwoProcesses {

    @Test
    void aHeartbeatWhoseReplyWasLostDoesNotEndTheSession() {
        open(10);
        backend.loseReplyTo("put session/10");

        assertThatThrownBy(() -> heartbeats.renew(10)).isInstanceOf(StoreUnavailableException.class);

        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void workWhoseReplyWasLostCanRunAgain() {
        open(10);
        create("orders");
        WorkChannel.Work<Integer> join = transaction -> {
            transaction.addMember("orders", 10);
            Partition first = transaction.snapshot("orders").partitions().get(0);
            return first.ownerLive()
                    ? 0
                    : transaction
                            .apply("orders", List.of(new Grant(first, 10, 0)))
                            .size();
        };
        backend.loseReplyTo("put lease/orders");

        assertThatThrownBy(() -> work.transact(names("orders"), join)).isInstanceOf(StoreUnavailableException.class);

        assertThat(work.transact(names("orders"), join)).isZero();
        assertThat(work.holdings(10).partitions()).hasSize(1);
    }

    @Test
    void aSessionEndsAlthoughTheReplyWasLost() {
        open(10);
        create("orders");
        WorkChannel.Work<Boolean> end = transaction -> {
            transaction.end(10);
            return true;
        };
        backend.loseReplyTo("delete session/10");

        assertThatThrownBy(() -> work.transact(names("orders"), end)).isInstanceOf(StoreUnavailableException.class);

        assertThat(work.transact(names("orders"), end)).isTrue();
        assertThat(heartbeats.renew(10)).isEmpty();
    }

    @Test
    void aSessionIsOpenedAlthoughTheBackendHadToTryTwice() {
        KeyValueBackend retrying = new RetryingBackend(documents);

        new KeyValueLeaseStore(retrying, host).heartbeatChannel(TIMING).open(newSession(10));

        assertThat(documents.list("session/")).containsOnlyKeys("session/10");
    }

    /** Sends every write twice, as if the first reply had been lost, and returns the second reply. */
    private record RetryingBackend(KeyValueBackend backend) implements KeyValueBackend {

        @Override
        public Optional<String> put(String key, String content, @Nullable String ifVersion) {
            backend.put(key, content, ifVersion);
            return backend.put(key, content, ifVersion);
        }

        @Override
        public Optional<Document> get(String key) {
            return backend.get(key);
        }

        @Override
        public boolean delete(String key, String ifVersion) {
            return backend.delete(key, ifVersion);
        }

        @Override
        public Map<String, String> list(String prefix) {
            return backend.list(prefix);
        }
    }

    @Test
    void aDamagedSessionBlocksNoOtherAndIsNotMarkedDead() {
        open(10);
        openOther(20);
        damage("session/20");
        Instant time = heartbeats.renew(10).orElseThrow().databaseTime();

        host.advance(Duration.ofHours(1));

        assertThat(heartbeats.renew(10)).isPresent();
        assertThat(markDead(20, time.plus(Duration.ofHours(1)))).isEmpty();
        assertThat(work.clusterSnapshot().sessions()).hasSize(2);
    }

    @Test
    void aClientRewritesItsDamagedSession() {
        openOther(20);
        damage("session/20");

        assertThat(otherHeartbeats.renew(20)).isPresent();

        assertThat(documents.get("session/20").orElseThrow().content()).contains("client client-20");
    }

    @Test
    void aDamagedLeaseCausesAnErrorThatNamesItAndTheLine() {
        open(10);
        create("orders");
        String text = documents.get("lease/orders").orElseThrow().content();
        put("lease/orders", text.replace("partition 1 owner 0", "partition 1 owner unknown"));

        assertThatThrownBy(() -> work.holdings(10))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("document memory:lease/orders")
                .hasMessageContaining("line 6")
                .hasMessageContaining("owner unknown");
        assertThat(heartbeats.renew(10)).isPresent();

        put("lease/orders", text);
        assertThat(work.holdings(10).partitions()).isEmpty();
    }

    @Test
    void otherDocumentsAreIgnored() {
        put("session/readme", "not a session");
        put("else", "something else");

        Renewal opened = open(10);

        assertThat(opened.neighbor()).isEmpty();
        assertThat(work.clusterSnapshot().sessions()).hasSize(1);
    }

    @Test
    void callsEndInTimeIfTheStorageHangs() {
        Timing impatient = new Timing(
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofMillis(50),
                Duration.ofMillis(50));
        LeaseStore hanging = new KeyValueLeaseStore(backend);
        HeartbeatChannel channel = hanging.heartbeatChannel(impatient);

        synchronized (backend) {
            assertThatThrownBy(() -> channel.renew(10))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("100 ms");
            assertThatThrownBy(() -> hanging.workChannel(impatient).clusterSnapshot())
                    .isInstanceOf(StoreUnavailableException.class);
        }

        await().ignoreExceptions().until(() -> channel.renew(10).isEmpty());
    }

    private void damage(String key) {
        put(key, "half of a docu");
    }

    private void put(String key, String content) {
        String version = documents.get(key).map(Document::version).orElse(null);
        assertThat(documents.put(key, content, version)).isPresent();
    }
}
