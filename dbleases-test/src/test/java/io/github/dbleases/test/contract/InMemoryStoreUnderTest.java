package io.github.dbleases.test.contract;

import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** An in-memory store with a clock that can be moved forward. */
final class InMemoryStoreUnderTest implements StoreUnderTest {

    private final SettableClock clock = new SettableClock();
    private final InMemoryLeaseStore store = new InMemoryLeaseStore(clock);

    @Override
    public InMemoryLeaseStore store() {
        return store;
    }

    @Override
    public void letExpire(long session) {
        advance(Duration.ofMinutes(4));
    }

    void advance(Duration time) {
        clock.advance(time);
    }

    /** The system clock, moved forward. */
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
