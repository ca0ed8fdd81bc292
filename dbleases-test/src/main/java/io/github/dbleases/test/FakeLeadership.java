package io.github.dbleases.test;

import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.LeadershipScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A {@link Leadership} that leads when a test says so. Until then another instance leads.
 *
 * <pre>{@code
 * FakeLeadership reports = new FakeLeadership("reports");
 * reports.elect();
 * job.run();                   // writes the report
 * reports.oust();
 * job.run();                   // does nothing
 * }</pre>
 *
 * <p>Everything else follows the contract of {@link Leadership}. As in {@link FakeLease}, each election has a larger token,
 * {@link #oust()} leaves open holds trusted until they are closed, and {@link #suspend()} ends all trust until {@link
 * #resume()}. Listeners are called by the thread that makes the change, before its method returns.
 *
 * <p>Any thread may use it.
 */
public final class FakeLeadership implements Leadership {

    static final String OTHER_CLIENT = "another-instance";

    private static final int PARTITION = 0;

    private final FakeSession session;
    private final FakeLease lease;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean outcomeKnown = true;
    private volatile Instant since;
    private volatile long otherToken;

    /**
     * Creates a leadership that does not lead.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}
     */
    public FakeLeadership(String name) {
        this(name, new FakeSession("this-instance"));
    }

    FakeLeadership(String name, FakeSession session) {
        this.session = session;
        this.lease = new FakeLease(LeaseSpec.leader(name), session);
        this.since = session.now();
        this.otherToken = session.nextToken();
    }

    /**
     * Elects this instance, with a new token. Does nothing if it already leads.
     *
     * @throws IllegalStateException if it has been ousted and work still holds the leadership, or if it is no longer a
     *     candidate
     */
    public void elect() {
        elect(OptionalLong.empty());
    }

    /**
     * Elects this instance with a token.
     *
     * @param token must be larger than all previous tokens
     */
    public void elect(long token) {
        elect(OptionalLong.of(token));
    }

    private void elect(OptionalLong token) {
        if (!lease.isGranted(PARTITION)) {
            since = session.now();
            lease.grant(PartitionSet.of(PARTITION), token);
        }
    }

    /** Ousts this instance if it leads, as if another one were elected. Work that holds the leadership may continue. */
    public void oust() {
        boolean led = lease.isGranted(PARTITION);
        lease.revoke(PARTITION);
        if (led) {
            otherToken = session.nextToken();
            since = session.now();
        }
    }

    /** Elects or ousts this instance. */
    public void setLeader(boolean leads) {
        if (leads) {
            elect();
        } else {
            oust();
        }
    }

    /** Returns whether this instance does not lead and all holds on the leadership have been closed. */
    public boolean isHandedOver() {
        return lease.isHandedOver(PARTITION);
    }

    /** Returns the number of open holds, including those that are no longer trusted. */
    public int openHolds() {
        return lease.openHolds(PARTITION);
    }

    /** Ends the trust, as {@link FakeLease#suspend()} does. */
    public void suspend() {
        lease.suspend();
    }

    /** Restores the trust: an instance that led leads again with the same token. */
    public void resume() {
        lease.resume();
    }

    /** Ends the session, as {@link FakeLease#loseSession()} does. */
    public void loseSession() {
        lease.loseSession();
    }

    /** Sets what {@link #awaitOutcome} returns. The default is true. */
    public void setOutcomeKnown(boolean known) {
        outcomeKnown = known;
    }

    /** Calls {@link LeadershipListener#onError} on all listeners. */
    public void fail(Exception error) {
        listeners.forEach(listener -> listener.onError(error));
    }

    /** Returns whether {@link #leave()} has been called. */
    public boolean isLeft() {
        return lease.isLeft();
    }

    FakeLease lease() {
        return lease;
    }

    @Override
    public String name() {
        return lease.name();
    }

    @Override
    public boolean isLeader() {
        return lease.owns(PARTITION);
    }

    @Override
    public OptionalLong token() {
        return lease.token(PARTITION);
    }

    /** Returns the value of {@link #setOutcomeKnown} at once. */
    @Override
    public boolean awaitOutcome(Duration atMost) {
        return outcomeKnown;
    }

    /** Returns this instance while it leads, otherwise another one. */
    @Override
    public Optional<Leader> leader() {
        OptionalLong token = token();
        return Optional.of(
                token.isPresent()
                        ? new Leader(session.clientId(), session.id(), token.getAsLong(), since)
                        : new Leader(OTHER_CLIENT, session.id() + 1, otherToken, since));
    }

    /** Ousts this instance. It stays a candidate, but is not elected until {@link #elect()} is called. */
    @Override
    public void resign() {
        oust();
    }

    @Override
    public boolean runIfLeader(Runnable work) {
        Optional<Hold> leading = tryHold();
        leading.ifPresent(hold -> {
            try (hold;
                    LeadershipScope current = LeadershipScope.enter(name(), hold)) {
                work.run();
            }
        });
        return leading.isPresent();
    }

    @Override
    public <T> Optional<T> callIfLeader(Callable<T> work) throws Exception {
        Optional<Hold> leading = tryHold();
        if (leading.isEmpty()) {
            return Optional.empty();
        }
        Hold hold = leading.get();
        try (hold;
                LeadershipScope current = LeadershipScope.enter(name(), hold)) {
            return Optional.ofNullable(work.call());
        }
    }

    @Override
    public Optional<Hold> tryHold() {
        return lease.tryHold(PARTITION);
    }

    @Override
    public Registration addListener(LeadershipListener listener) {
        listeners.add(listener);
        Registration registration = lease.addListener(new FakeLease.Listener() {
            @Override
            public void gained(PartitionSet partitions, long firstToken) {
                listener.onElected(firstToken);
            }

            @Override
            public void lost(PartitionSet partitions) {
                listener.onOusted();
            }
        });
        return () -> {
            listeners.remove(listener);
            registration.close();
        };
    }

    /** Ousts this instance, which is no longer a candidate. Does not wait for holds; see {@link #isHandedOver()}. */
    @Override
    public void leave() {
        oust();
        lease.leave();
    }

    @Override
    public String toString() {
        return "Leadership '%s', %s".formatted(name(), isLeader() ? "led with token " + token() : "not led");
    }
}
