package io.github.dbleases.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What two processes learn about each other through documents, and what that costs. */
class KeyValueLeaseStoreTests extends TwoProcesses {

    @Test
    void aHeartbeatIsOneWriteAndOneList() {
        open(10);
        openOther(20);
        heartbeats.renew(10);
        backend.calls();

        heartbeats.renew(10);
        otherHeartbeats.renew(20);
        heartbeats.renew(10);

        assertThat(backend.calls()).containsExactly("put session/10", "list ", "put session/10", "list ");
    }

    @Test
    void onlyChangedDocumentsAreReadAgain() {
        open(10);
        create("customers");
        create("orders");
        work.holdings(10);
        backend.calls();

        work.holdings(10);
        assertThat(backend.calls()).containsExactly("list ");

        otherWork.transact(names("orders"), transaction -> {
            transaction.addMember("orders", 10);
            return null;
        });
        work.holdings(10);
        assertThat(backend.calls()).containsExactly("list ", "get lease/orders");
    }

    @Test
    void aSessionExpiresWhenItsDocumentHasNotChangedForItsTtlOnTheObserversClock() {
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
    void theTimeCountsFromWhenTheDocumentWasSeenNotWritten() {
        openOther(20);
        host.advance(Duration.ofMinutes(1));
        otherHost.advance(Duration.ofMinutes(2));

        open(10);

        assertThat(expiresIn(heartbeats.renew(10))).isBetween(TIMING.ttl().minusSeconds(1), TIMING.ttl());
    }

    @Test
    void aSessionThatRenewedAfterItWasLastSeenIsNotMarkedDead() {
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
    void aSessionThatIsMarkedDeadHasNoDocumentAndIsNeverRenewed() {
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

    @Test
    void aSessionWhoseIdIsInUseIsNotOpened() {
        openOther(20);

        assertThatThrownBy(() -> open(20))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("20");
    }

    @Test
    void aProcessThatHasSeenNothingYetRecognizesExpiredSessionsByTheirOwnTimes() {
        openOther(20);
        create("orders");

        assertThat(isExpired(20)).isFalse();
        host.advance(TIMING.ttl().plusSeconds(1));

        assertThat(isExpired(20)).isTrue();
    }

    /** Asks a process that has just started. */
    private boolean isExpired(long session) {
        WorkChannel newcomer = new KeyValueLeaseStore(documents, host).workChannel(TIMING);
        return newcomer.transact(names("orders"), transaction -> transaction.isExpired(session));
    }

    @Test
    void aSessionThatIsMissingFromTheListDoesNotCountAsDead() {
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
    void aSessionWhoseDocumentIsCreatedAgainByALateRequestStaysOver() {
        open(1);
        String key = SessionDocument.key(1);
        Document created = documents.get(key).orElseThrow();
        assertThat(heartbeats.renew(1)).isPresent();
        Document renewed = documents.get(key).orElseThrow();
        documents.delete(key, renewed.version());

        documents.put(key, created.content(), null);

        assertThat(heartbeats.renew(1)).isEmpty();
    }

    @Test
    void documentsAreReadable() {
        heartbeats.open(new NewSession(10, "web server\n1", 3, Duration.ofSeconds(6), TIMING.grace()));
        create("team:a/orders");

        assertThat(documents.get("session/10").orElseThrow().content())
                .startsWith("client web+server%0A1\nweight 3\nttl PT6S\ngrace PT0.5S\nstarted 2");
        assertThat(documents.get("lease/team:a/orders").orElseThrow().content())
                .matches("kind partitions\nchanged 2\\S+\nleast-token 0\nassigned unknown\n"
                        + "partition 0 owner 0 pending 0 token 0 since 2\\S+\n"
                        + "partition 1 owner 0 pending 0 token 0 since 2\\S+\n");
        assertThat(otherWork.clusterSnapshot().sessions().get(0).clientId()).isEqualTo("web server\n1");
    }

    private static Duration expiresIn(Optional<Renewal> renewal) {
        return renewal.orElseThrow().neighbor().orElseThrow().expiresIn();
    }
}
