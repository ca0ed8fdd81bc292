package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.MemberView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.ClusterSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a snapshot of the store into the view that users see, which shows live sessions only, with their clients'
 * names.
 */
final class ClusterViews {

    /** Shows no sessions and no leases. */
    static final ClusterView EMPTY = new ClusterView(List.of(), Collections.unmodifiableSortedMap(new TreeMap<>()));

    private final Map<Long, ClusterSnapshot.Session> live;

    private ClusterViews(ClusterSnapshot cluster) {
        this.live = cluster.sessions().stream()
                .filter(ClusterSnapshot.Session::live)
                .collect(Collectors.toMap(ClusterSnapshot.Session::id, Function.identity()));
    }

    static ClusterView of(ClusterSnapshot cluster, @Nullable Session own) {
        ClusterViews views = new ClusterViews(cluster);
        List<SessionView> sessions = cluster.sessions().stream()
                .filter(ClusterSnapshot.Session::live)
                .map(session -> view(session, own != null && own.id() == session.id()))
                .toList();
        SortedMap<String, LeaseView> leases = new TreeMap<>();
        cluster.leases().forEach(lease -> leases.put(lease.snapshot().lease(), views.lease(lease)));
        return new ClusterView(sessions, leases);
    }

    private static SessionView view(ClusterSnapshot.Session session, boolean self) {
        return new SessionView(
                session.clientId(),
                session.id(),
                self,
                session.weight(),
                session.startedAt(),
                session.expiresIn(),
                session.drained());
    }

    private LeaseView lease(ClusterSnapshot.Lease lease) {
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
        ClusterSnapshot.Session found = live.get(session);
        return found == null ? null : found.clientId();
    }
}
