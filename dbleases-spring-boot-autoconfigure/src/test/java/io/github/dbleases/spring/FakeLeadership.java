package io.github.dbleases.spring;

import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.OwnershipLostException;
import io.github.dbleases.Registration;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A leadership that a test gives and takes. */
public final class FakeLeadership implements Leadership {

    private final String name;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger holds = new AtomicInteger();
    private volatile OptionalLong token = OptionalLong.empty();
    private volatile Predicate<Duration> outcome = atMost -> true;

    FakeLeadership(String name) {
        this.name = name;
    }

    public void elect(long with) {
        token = OptionalLong.of(with);
        listeners.forEach(listener -> listener.onElected(with));
    }

    public void oust() {
        token = OptionalLong.empty();
        tellOusted();
    }

    /** Tells the listeners alone, as when they hear of it late. */
    public void tellOusted() {
        listeners.forEach(LeadershipListener::onOusted);
    }

    /** Reports an error of the client to the listeners. */
    public void fail(Exception error) {
        listeners.forEach(listener -> listener.onError(error));
    }

    /** Returns how many holds are open. */
    public int holds() {
        return holds.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isLeader() {
        return token.isPresent();
    }

    @Override
    public OptionalLong token() {
        return token;
    }

    @Override
    public boolean awaitOutcome(Duration atMost) {
        return outcome.test(atMost);
    }

    /** Sets what a wait for the outcome does, and whether the outcome is known then. */
    public void whenAwaited(Predicate<Duration> answer) {
        outcome = answer;
    }

    @Override
    public Optional<Leader> leader() {
        return Optional.empty();
    }

    @Override
    public void resign() {
        oust();
    }

    @Override
    public boolean runIfLeader(Runnable work) {
        Optional<Hold> hold = tryHold();
        hold.ifPresent(held -> {
            try (held) {
                work.run();
            }
        });
        return hold.isPresent();
    }

    @Override
    public <T> Optional<T> callIfLeader(Callable<T> work) throws Exception {
        Optional<Hold> hold = tryHold();
        if (hold.isEmpty()) {
            return Optional.empty();
        }
        Hold held = hold.get();
        try (held) {
            return Optional.ofNullable(work.call());
        }
    }

    @Override
    public Optional<Hold> tryHold() {
        return token.isPresent() ? Optional.of(new FakeHold(token.getAsLong())) : Optional.empty();
    }

    @Override
    public Registration addListener(LeadershipListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void leave() {
        oust();
    }

    private final class FakeHold implements Hold {

        private final long heldToken;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private FakeHold(long heldToken) {
            this.heldToken = heldToken;
            holds.incrementAndGet();
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long token() {
            return heldToken;
        }

        @Override
        public boolean isTrusted() {
            return open.get() && OptionalLong.of(heldToken).equals(token);
        }

        @Override
        public void fence(Connection transaction) {
            if (!isTrusted()) {
                throw new OwnershipLostException(name, 0, "This client does not lead '%s' any more.".formatted(name));
            }
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                holds.decrementAndGet();
            }
        }
    }
}
