package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The contract of {@link HeartbeatChannel}. */
abstract class HeartbeatChannelContract extends StoreContractSupport {

    @Test
    void theFirstSessionHasNoNeighborAndIsTheSmallest() {
        Renewal opened = open(5);

        assertThat(opened.neighbor()).isEmpty();
        assertThat(opened.smallest()).isTrue();
    }

    @Test
    void theNeighborHasTheNextSmallerIdWrappingAround() {
        open(20);
        open(10);
        Renewal opened = open(30);

        assertThat(neighbor(Optional.of(opened))).isEqualTo(20);
        assertThat(neighbor(heartbeats.renew(20))).isEqualTo(10);
        assertThat(neighbor(heartbeats.renew(10))).isEqualTo(30);
    }

    @Test
    void onlyTheSmallestSessionIsTheSmallest() {
        open(20);

        assertThat(open(30).smallest()).isFalse();
        assertThat(open(10).smallest()).isTrue();
        assertThat(heartbeats.renew(20).orElseThrow().smallest()).isFalse();
    }

    @Test
    void theLargestIdsAreExact() {
        long largest = (1L << 53) - 1;
        open(largest);
        open(largest - 1);

        assertThat(neighbor(heartbeats.renew(largest))).isEqualTo(largest - 1);
        assertThat(neighbor(heartbeats.renew(largest - 1))).isEqualTo(largest);
    }

    @Test
    void theNeighborExpiresAfterItsOwnTtl() {
        heartbeats.open(new NewSession(10, "other", 1, Duration.ofHours(1), TIMING.grace()));

        Neighbor neighbor = open(20).neighbor().orElseThrow();

        assertThat(neighbor.expiresIn()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(neighbor.ttl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void theNeighborHasTheGraceWithWhichItWasOpened() {
        Duration grace = Duration.ofSeconds(7).plusNanos(123_456_000);
        heartbeats.open(new NewSession(10, "other", 1, Duration.ofHours(1), grace));

        Neighbor neighbor = open(20).neighbor().orElseThrow();

        assertThat(neighbor.grace()).isEqualTo(grace);
        assertThat(neighbor.markableIn()).isEqualTo(neighbor.expiresIn().plus(grace));
    }

    @Test
    void anExpiredNeighborIsStillTheNeighborWithNegativeTime() {
        open(10);
        open(20);

        letExpire(10);

        Neighbor neighbor = heartbeats.renew(20).orElseThrow().neighbor().orElseThrow();
        assertThat(neighbor.session()).isEqualTo(10);
        assertThat(neighbor.expiresIn()).isNegative();
    }

    @Test
    void aDeadSessionIsNeitherANeighborNorTheSmallest() {
        open(10);
        open(20);
        open(30);
        end(20);

        assertThat(neighbor(heartbeats.renew(30))).isEqualTo(10);
        end(10);
        Renewal alone = heartbeats.renew(30).orElseThrow();
        assertThat(alone.neighbor()).isEmpty();
        assertThat(alone.smallest()).isTrue();
    }

    @Test
    void aRenewalProlongsASession() {
        open(10);
        open(20);
        letExpire(10);

        assertThat(heartbeats.renew(10)).isPresent();

        Neighbor prolonged = heartbeats.renew(20).orElseThrow().neighbor().orElseThrow();
        assertThat(prolonged.expiresIn()).isBetween(LONG, TIMING.ttl());
    }

    @Test
    void aSessionThatIsMarkedDeadIsOver() {
        open(10);

        assertThat(markDead(10)).isPresent();

        assertThat(heartbeats.renew(10)).isEmpty();
    }

    @Test
    void aSessionThatEndedIsOver() {
        open(10);

        end(10);

        assertThat(heartbeats.renew(10)).isEmpty();
        assertThat(heartbeats.renew(10)).isEmpty();
    }

    @Test
    void anUnknownSessionIsOver() {
        assertThat(heartbeats.renew(77)).isEmpty();
    }

    @Test
    void theReplyHasTheStoresClock() {
        Instant first = open(10).databaseTime();

        assertThat(heartbeats.renew(10).orElseThrow().databaseTime())
                .isBetween(first, first.plus(TIMING.attemptTimeout()));
    }

    @Test
    void bothChannelsReportTheSameIncarnation() {
        Incarnation incarnation = open(10).incarnation();

        assertThat(heartbeats.renew(10).orElseThrow().incarnation()).isEqualTo(incarnation);
        assertThat(work.holdings(10).incarnation()).isEqualTo(incarnation);
    }

    @Test
    void theWaitForAHintEndsWhenItsTimeHasPassed() throws InterruptedException {
        open(10);

        assertThat(heartbeats.awaitHint(10, Duration.ZERO)).isFalse();
        assertThat(heartbeats.awaitHint(10, Duration.ofMillis(20))).isFalse();
    }

    @Test
    void closingTheChannelEndsTheWaitForAHint() {
        open(10);
        CompletableFuture<Boolean> hinted = awaitHint(10, LONG);

        // The wait may not have begun when the channel is closed for the first time.
        awaitCondition(() -> {
            heartbeats.close();
            return hinted.isDone();
        });

        assertThat(hinted.join()).isFalse();
    }

    @Test
    void aClosedChannelCanBeUsedAgain() {
        open(10);

        heartbeats.close();

        assertThat(heartbeats.renew(10)).isPresent();
    }

    @Test
    void anInterruptEndsTheWaitForAHint() {
        open(10);
        Thread waiting = Thread.currentThread();
        CompletableFuture<Void> interrupting = CompletableFuture.runAsync(waiting::interrupt);

        assertThatThrownBy(() -> heartbeats.awaitHint(10, LONG)).isInstanceOf(InterruptedException.class);
        interrupting.join();
    }

    private static long neighbor(Optional<Renewal> renewal) {
        return renewal.flatMap(Renewal::neighbor).orElseThrow().session();
    }
}
