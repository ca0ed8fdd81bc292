package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.LeadershipScope;
import io.github.dbleases.spi.observation.ClientObserver.CallOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** A leader election as its users see it: a lease of one partition whose owner is the leader. */
final class JoinedLeadership implements Leadership {

    /** The partition of an election. */
    static final int PARTITION = 0;

    private final JoinedLease lease;
    private final Engine engine;
    private final Clock clock;

    JoinedLeadership(JoinedLease lease, Engine engine, Clock clock) {
        this.lease = lease;
        this.engine = engine;
        this.clock = clock;
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

    @Override
    public boolean awaitOutcome(Duration atMost) {
        return Waiting.resultWithin(atMost, lease.decided()).orElse(false);
    }

    @Override
    public Optional<Leader> leader() {
        ClusterView view = Waiting.answerWithin(
                engine.answerTimeout(), engine.requests().cluster(channel -> channel.clusterSnapshot(name())));
        return Optional.ofNullable(view.leases().get(name()))
                .flatMap(election -> election.partitions().stream().findAny())
                .flatMap(JoinedLeadership::leader);
    }

    private static Optional<Leader> leader(PartitionView view) {
        return view.client() == null || view.session() == null
                ? Optional.empty()
                : Optional.of(new Leader(view.client(), view.session(), view.token(), view.since()));
    }

    @Override
    public void resign() {
        engine.resign(lease);
    }

    @Override
    public boolean runIfLeader(Runnable work) {
        Optional<Hold> leading = tryHold();
        if (leading.isEmpty()) {
            observe(CallOutcome.SKIPPED, 0);
            return false;
        }
        Hold hold = leading.get();
        long start = clock.nanoTime();
        CallOutcome outcome = CallOutcome.ERROR;
        try (hold;
                LeadershipScope current = LeadershipScope.enter(name(), hold)) {
            work.run();
            outcome = hold.isTrusted() ? CallOutcome.RUN : CallOutcome.LOST;
        } finally {
            observe(outcome, clock.nanoTime() - start);
        }
        return true;
    }

    @Override
    public <T> Optional<T> callIfLeader(Callable<T> work) throws Exception {
        Optional<Hold> leading = tryHold();
        if (leading.isEmpty()) {
            observe(CallOutcome.SKIPPED, 0);
            return Optional.empty();
        }
        Hold hold = leading.get();
        long start = clock.nanoTime();
        CallOutcome outcome = CallOutcome.ERROR;
        try (hold;
                LeadershipScope current = LeadershipScope.enter(name(), hold)) {
            Optional<T> result = Optional.ofNullable(work.call());
            outcome = hold.isTrusted() ? CallOutcome.RUN : CallOutcome.LOST;
            return result;
        } finally {
            observe(outcome, clock.nanoTime() - start);
        }
    }

    private void observe(CallOutcome outcome, long nanos) {
        engine.observers().leaderCall(name(), outcome, Duration.ofNanos(nanos));
    }

    @Override
    public Optional<Hold> tryHold() {
        return lease.tryHold(PARTITION);
    }

    @Override
    public Registration addListener(LeadershipListener listener) {
        return lease.addListener(new OwnershipListener.OfLeadership(listener));
    }

    @Override
    public void leave() {
        lease.leave();
    }

    @Override
    public String toString() {
        return "Leadership '%s', %s".formatted(name(), isLeader() ? "leading with token " + token() : "not leading");
    }
}
