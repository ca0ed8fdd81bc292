package io.github.dbleases.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.memory.InMemoryLeaseStore.Backup;
import io.github.dbleases.spi.DatabaseStoreContract;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.LeaseStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** The store contracts on the in-memory store, and its failover. */
class InMemoryLeaseStoreTests extends DatabaseStoreContract {

    private final SettableClock clock = new SettableClock();
    private final InMemoryLeaseStore store = new InMemoryLeaseStore(clock);

    @Override
    protected LeaseStore store() {
        return store;
    }

    @Override
    protected void letExpire(long session) {
        clock.advance(Duration.ofMinutes(4));
    }

    @Test
    void aFailoverForgetsWhatTheStandbyDidNotHave() {
        open(1);
        createOrders(1);
        Backup standby = store.backup();
        grant(0, 1);

        store.failOver(standby);

        assertThat(partition(0).ownerLive()).isFalse();
        assertThat(heartbeats.renew(1)).isPresent();
    }

    @Test
    void aFailoverStartsANewIncarnationThatIsQuietForTheLargestTtlAndTheGrace() {
        open(1);
        Holdings before = work.holdings(1);

        store.failOver(store.backup());

        Holdings after = work.holdings(1);
        assertThat(after.incarnation()).isNotEqualTo(before.incarnation());
        assertThat(after.quietFor())
                .isBetween(
                        TIMING.ttl().plus(TIMING.grace()).minusSeconds(10),
                        TIMING.ttl().plus(TIMING.grace()));
    }

    @Test
    void aFailoverThatRepeatsATimelineStartsANewIncarnationToo() {
        open(1);
        Backup unaware = store.backup();
        store.failOver(store.backup());
        Holdings first = work.holdings(1);
        clock.advance(Duration.ofMinutes(4));
        assertThat(work.holdings(1).quietFor()).isZero();

        store.failOverUnaware(unaware);

        Holdings second = work.holdings(1);
        assertThat(second.incarnation().timeline())
                .isEqualTo(first.incarnation().timeline())
                .isEqualTo(2);
        assertThat(second.incarnation()).isNotEqualTo(first.incarnation());
        assertThat(second.quietFor()).isPositive();
        store.failOver(unaware);
        assertThat(work.holdings(1).incarnation().timeline()).isEqualTo(3);
    }

    @Test
    void tokensOfANewIncarnationExceedItsFloor() {
        open(1);
        createOrders(1);
        store.failOver(store.backup());

        long token = grant(0, 1).token();

        assertThat(work.holdings(1).tokenFloor()).isPositive();
        assertThat(token).isGreaterThan(work.holdings(1).tokenFloor());
    }

    /** The system clock, set forward. */
    private static final class SettableClock extends Clock {

        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
