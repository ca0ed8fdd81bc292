package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.MemberView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.Census;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns what a store knows into what people see: only live sessions appear, with the names of their clients. */
final class ClusterViews {

    private final Map<Long, Census.Session> live;

    private ClusterViews(Census census) {
        this.live = census.sessions().stream()
                .filter(Census.Session::live)
                .collect(Collectors.toMap(Census.Session::id, Function.identity()));
    }

    static ClusterView of(Census census, @Nullable Session own) {
        ClusterViews views = new ClusterViews(census);
        List<SessionView> sessions = census.sessions().stream()
                .filter(Census.Session::live)
                .map(session -> view(session, own != null && own.id() == session.id()))
                .toList();
        SortedMap<String, LeaseView> leases = new TreeMap<>();
        census.leases().forEach(lease -> leases.put(lease.snapshot().lease(), views.lease(lease)));
        return new ClusterView(sessions, leases);
    }

    private static SessionView view(Census.Session session, boolean self) {
        return new SessionView(
                session.clientId(), session.id(), self, session.weight(), session.startedAt(), session.expiresIn());
    }

    private LeaseView lease(Census.Lease lease) {
        Snapshot snapshot = lease.snapshot();
        List<MemberView> members = snapshot.members().stream()
                .sorted(Comparator.comparingLong(Snapshot.Member::session))
                .map(member -> new MemberView(
                        Objects.requireNonNull(client(member.session())), member.session(), member.weight()))
                .toList();
        List<PartitionView> partitions = new ArrayList<>();
        for (int i = 0; i < snapshot.partitions().size(); i++) {
            Snapshot.Partition partition = snapshot.partitions().get(i);
            partitions.add(new PartitionView(
                    partition.number(),
                    client(partition.owner()),
                    liveOrNull(partition.owner()),
                    liveOrNull(partition.pending()),
                    partition.token(),
                    lease.since().get(i)));
        }
        boolean balanced = Balancer.assign(snapshot, Scope.ALL).changes().isEmpty();
        return new LeaseView(snapshot.lease(), snapshot.kind(), members, partitions, balanced);
    }

    private @Nullable Long liveOrNull(long session) {
        return live.containsKey(session) ? session : null;
    }

    private @Nullable String client(long session) {
        Census.Session found = live.get(session);
        return found == null ? null : found.clientId();
    }
}
