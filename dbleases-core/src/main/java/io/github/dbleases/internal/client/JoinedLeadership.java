package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.LeadershipScope;
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

    JoinedLeadership(JoinedLease lease, Engine engine) {
        this.lease = lease;
        this.engine = engine;
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
                engine.answerTimeout(), engine.cluster(channel -> channel.clusterSnapshot(name())));
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
