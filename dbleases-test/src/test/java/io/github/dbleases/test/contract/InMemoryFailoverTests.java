package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.memory.InMemoryLeaseStore.Backup;
import io.github.dbleases.spi.Holdings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a failover of the in-memory store affects sessions, tokens and incarnations. */
class InMemoryFailoverTests extends StoreContractSupport {

    private final InMemoryStoreUnderTest subject = new InMemoryStoreUnderTest();
    private final InMemoryLeaseStore store = subject.store();

    @Override
    StoreUnderTest newStore() {
        return subject;
    }

    @Test
    void aFailoverLosesDataThatTheStandbyDidNotHave() {
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
        subject.advance(Duration.ofMinutes(4));
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
}
