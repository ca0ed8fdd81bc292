package io.github.dbleases.store.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.store.HeartbeatLine;
import io.github.dbleases.store.LeaseStore;
import io.github.dbleases.store.NewSession;
import io.github.dbleases.store.Renewal;
import io.github.dbleases.store.Warrant;
import io.github.dbleases.store.WorkLine;
import io.github.dbleases.store.keyvalue.KeyValueBackend.Document;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What two processes see of each other through documents, what a heartbeat costs, and what damage does. */
class KeyValueLeaseStoreTests {

    private static final Timing TIMING = Timing.DEFAULT;

    private final MapBackend documents = new MapBackend();
    private final InterposedBackend backend = new InterposedBackend(documents);
    private final SettableHost host = new SettableHost();
    private final SettableHost otherHost = new SettableHost();
    private final LeaseStore store = new KeyValueLeaseStore(backend, host);
    private final HeartbeatLine heartbeats = store.heartbeatLine(TIMING);
    private final WorkLine work = store.workLine(TIMING);
    private final LeaseStore otherStore = new KeyValueLeaseStore(documents, otherHost);
    private final HeartbeatLine otherHeartbeats = otherStore.heartbeatLine(TIMING);
    private final WorkLine otherWork = otherStore.workLine(TIMING);

    @Test
    void aHeartbeatIsOneWriteAndOneList() {
        open(10);
        openOther(20);
        heartbeats.renew(10);
        backend.asked();

        heartbeats.renew(10);
        otherHeartbeats.renew(20);
        heartbeats.renew(10);

        assertThat(backend.asked()).containsExactly("put session/10", "list ", "put session/10", "list ");
    }

    @Test
    void onlyWhatHasChangedIsReadAgain() {
        open(10);
        create("customers");
        create("orders");
        work.holdings(10);
        backend.asked();

        work.holdings(10);
        assertThat(backend.asked()).containsExactly("list ");

        otherWork.transact(names("orders"), transaction -> {
            transaction.addMember("orders", 10);
            return null;
        });
        work.holdings(10);
        assertThat(backend.asked()).containsExactly("list ", "get lease/orders");
    }

    @Test
    void aSessionExpiresWhenItsDocumentHasNotChangedForItsTtlByTheClockOfWhoeverLooks() {
        open(10);
        openOther(20);
        heartbeats.renew(10);

        host.advance(TIMING.ttl().minusSeconds(1));
        assertThat(expiresIn(heartbeats.renew(10))).isPositive();
        host.advance(Duration.ofSeconds(2));
        assertThat(expiresIn(heartbeats.renew(10))).isNegative();

        otherHeartbeats.renew(20);
        assertThat(expiresIn(heartbeats.renew(10))).isBetween(TIMING.ttl().minusSeconds(1), TIMING.ttl());
    }

    @Test
    void theTimeBeginsWhenTheDocumentWasSeenNotWhenItWasWritten() {
        openOther(20);
        host.advance(Duration.ofMinutes(1));
        otherHost.advance(Duration.ofMinutes(2));

        open(10);

        assertThat(expiresIn(heartbeats.renew(10))).isBetween(TIMING.ttl().minusSeconds(1), TIMING.ttl());
    }

    @Test
    void nobodyIsMarkedDeadWhoRenewedAfterItWasLookedForLast() {
        open(10);
        openOther(20);
        Instant time = heartbeats.renew(10).orElseThrow().databaseTime();
        Duration tooLong = TIMING.ttl().plusSeconds(2);
        host.advance(tooLong);

        otherHeartbeats.renew(20);

        assertThat(markDead(20, time.plus(tooLong))).isEmpty();
        assertThat(otherHeartbeats.renew(20)).isPresent();
    }

    @Test
    void whoIsMarkedDeadHasNoDocumentAndNeverRenewsAgain() {
        open(10);
        openOther(20);
        Instant time = heartbeats.renew(10).orElseThrow().databaseTime();
        Duration tooLong = TIMING.ttl().plusSeconds(2);
        host.advance(tooLong);

        assertThat(markDead(20, time.plus(tooLong))).isPresent();

        assertThat(documents.list("session/")).containsOnlyKeys("session/10");
        assertThat(otherHeartbeats.renew(20)).isEmpty();
        assertThat(documents.list("session/")).containsOnlyKeys("session/10");
    }

    private Optional<?> markDead(long session, Instant expectedTime) {
        return work.markDead(new Warrant(session, TIMING.grace(), expectedTime, TIMING.ttl()));
    }

    @Test
    void aHeartbeatWhoseReplyWasLostDoesNotEndTheSession() {
        open(10);
        backend.loseReplyTo("put session/10");

        assertThatThrownBy(() -> heartbeats.renew(10)).isInstanceOf(StoreUnavailableException.class);

        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void aSessionWhoseIdIsInUseIsNotOpened() {
        openOther(20);

        assertThatThrownBy(() -> open(20))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("20");
    }

    @Test
    void aWorkWhoseReplyWasLostCanBeDoneAgain() {
        open(10);
        create("orders");
        WorkLine.Work<Integer> join = transaction -> {
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
    void aSessionEndsThoughTheReplyWasLost() {
        open(10);
        create("orders");
        WorkLine.Work<Boolean> end = transaction -> {
            transaction.end(10);
            return true;
        };
        backend.loseReplyTo("delete session/10");

        assertThatThrownBy(() -> work.transact(names("orders"), end)).isInstanceOf(StoreUnavailableException.class);

        assertThat(work.transact(names("orders"), end)).isTrue();
        assertThat(heartbeats.renew(10)).isEmpty();
    }

    @Test
    void aSessionIsOpenedThoughTheBackendHadToTryTwice() {
        KeyValueBackend retrying = new RetryingBackend(documents);

        new KeyValueLeaseStore(retrying, host).heartbeatLine(TIMING).open(newSession(10));

        assertThat(documents.list("session/")).containsOnlyKeys("session/10");
    }

    /** Sends every write twice, as if the first reply had been lost, and tells the second reply. */
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
    void aProcessThatHasSeenNothingYetKnowsByTheirOwnWordWhoHasExpired() {
        openOther(20);
        create("orders");

        assertThat(isExpired(20)).isFalse();
        host.advance(TIMING.ttl().plusSeconds(1));

        assertThat(isExpired(20)).isTrue();
    }

    /** Asks in a process that has just started. */
    private boolean isExpired(long session) {
        WorkLine newcomer = new KeyValueLeaseStore(documents, host).workLine(TIMING);
        return newcomer.transact(names("orders"), transaction -> transaction.isExpired(session));
    }

    @Test
    void aSessionThatIsNotListedThoughItExistsIsNotTakenForDead() {
        openOther(20);
        create("orders");
        otherWork.transact(names("orders"), transaction -> {
            transaction.addMember("orders", 20);
            return null;
        });
        backend.doNotList("session/20");

        int members = work.transact(
                names("orders"),
                transaction -> transaction.snapshot("orders").members().size());

        assertThat(members).isEqualTo(1);
    }

    @Test
    void aDamagedSessionStopsNobodyElseAndIsNotMarkedDead() {
        open(10);
        openOther(20);
        damage("session/20");
        Instant time = heartbeats.renew(10).orElseThrow().databaseTime();

        host.advance(Duration.ofHours(1));

        assertThat(heartbeats.renew(10)).isPresent();
        assertThat(markDead(20, time.plus(Duration.ofHours(1)))).isEmpty();
        assertThat(work.census().sessions()).hasSize(2);
    }

    @Test
    void aClientWritesItsDamagedSessionAnew() {
        openOther(20);
        damage("session/20");

        assertThat(otherHeartbeats.renew(20)).isPresent();

        assertThat(documents.get("session/20").orElseThrow().content()).contains("client client-20");
    }

    @Test
    void aDamagedLeaseGivesAnErrorThatNamesItAndTheLine() {
        open(10);
        create("orders");
        String text = documents.get("lease/orders").orElseThrow().content();
        put("lease/orders", text.replace("partition 1 owner 0", "partition 1 owner nobody"));

        assertThatThrownBy(() -> work.holdings(10))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining("the document at lease/orders")
                .hasMessageContaining("line 5")
                .hasMessageContaining("owner nobody");
        assertThat(heartbeats.renew(10)).isPresent();

        put("lease/orders", text);
        assertThat(work.holdings(10).partitions()).isEmpty();
    }

    @Test
    void documentsOfOthersAreLeftAlone() {
        put("session/readme", "not a session");
        put("else", "something else");

        Renewal opened = open(10);

        assertThat(opened.neighbour()).isEmpty();
        assertThat(work.census().sessions()).hasSize(1);
    }

    @Test
    void aDocumentCanBeReadByPeople() {
        heartbeats.open(new NewSession(10, "web server\n1", 3, Duration.ofSeconds(6), TIMING.grace()));
        create("team:a/orders");

        assertThat(documents.get("session/10").orElseThrow().content())
                .startsWith("client web+server%0A1\nweight 3\nttl PT6S\nstarted 2");
        assertThat(documents.get("lease/team:a/orders").orElseThrow().content())
                .matches("kind partitions\nchanged 2\\S+\nleast-token 0\n"
                        + "partition 0 owner 0 pending 0 token 0 since 2\\S+\n"
                        + "partition 1 owner 0 pending 0 token 0 since 2\\S+\n");
        assertThat(otherWork.census().sessions().get(0).clientId()).isEqualTo("web server\n1");
    }

    @Test
    void aStorageThatHangsEndsNoCallTooLate() {
        Timing impatient = new Timing(
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofMillis(50),
                Duration.ofMillis(50));
        LeaseStore hanging = new KeyValueLeaseStore(backend);
        HeartbeatLine line = hanging.heartbeatLine(impatient);

        synchronized (backend) {
            assertThatThrownBy(() -> line.renew(10))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("100 ms");
            assertThatThrownBy(() -> hanging.workLine(impatient).census())
                    .isInstanceOf(StoreUnavailableException.class);
        }

        await().ignoreExceptions().until(() -> line.renew(10).isEmpty());
    }

    private void damage(String key) {
        put(key, "half of a docu");
    }

    private void put(String key, String content) {
        String version = documents.get(key).map(Document::version).orElse(null);
        assertThat(documents.put(key, content, version)).isPresent();
    }

    private Renewal open(long session) {
        return heartbeats.open(newSession(session));
    }

    private void openOther(long session) {
        otherHeartbeats.open(newSession(session));
    }

    private static NewSession newSession(long session) {
        return new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace());
    }

    private void create(String lease) {
        otherWork.transact(names(lease), transaction -> {
            transaction.create(LeaseSpec.partitions(lease, 2));
            return null;
        });
    }

    private static Duration expiresIn(Optional<Renewal> renewal) {
        return renewal.orElseThrow().neighbour().orElseThrow().expiresIn();
    }

    private static TreeSet<String> names(String name) {
        return new TreeSet<>(List.of(name));
    }
}
