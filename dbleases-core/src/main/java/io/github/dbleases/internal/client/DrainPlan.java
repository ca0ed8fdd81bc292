package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.OperationResult.PlannedMove;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Plans which sessions get what a session owns when it stands by. The session leaves its leases one after another, in the
 * order of their names, and each time the balancer sees the leaderships that the others have got by then.
 */
final class DrainPlan {

    private final long leaving;
    private final Map<Long, String> clients;
    private final Map<Long, Integer> leaderships = new HashMap<>();
    private final List<PlannedMove> moves = new ArrayList<>();

    private DrainPlan(ClusterSnapshot cluster, long leaving) {
        this.leaving = leaving;
        this.clients = cluster.sessions().stream()
                .collect(Collectors.toMap(ClusterSnapshot.Session::id, ClusterSnapshot.Session::clientId));
    }

    static List<PlannedMove> of(ClusterSnapshot cluster, long leaving) {
        DrainPlan plan = new DrainPlan(cluster, leaving);
        SortedMap<String, Snapshot> leases = new TreeMap<>();
        for (ClusterSnapshot.Lease lease : cluster.leases()) {
            leases.put(lease.snapshot().lease(), lease.snapshot());
        }
        leases.values().stream()
                .filter(lease -> lease.kind() == LeaseKind.LEADER)
                .flatMap(lease -> lease.partitions().stream())
                .forEach(led -> plan.count(led.pending() == Snapshot.NO_SESSION ? led.owner() : led.pending()));
        leases.values().forEach(plan::leave);
        return plan.moves;
    }

    private void count(long leader) {
        leaderships.merge(leader, 1, Integer::sum);
    }

    private void leave(Snapshot lease) {
        Snapshot others = withoutLeaving(lease);
        Map<Integer, Long> receivers = new TreeMap<>();
        for (Partition partition : lease.partitions()) {
            if (partition.owner() == leaving) {
                boolean asked = others.members().stream().anyMatch(member -> member.session() == partition.pending());
                receivers.put(partition.number(), asked ? partition.pending() : Snapshot.NO_SESSION);
            }
        }
        for (Change change : Balancer.assign(others, Scope.ALL).changes()) {
            if (change instanceof Move move) {
                receivers.replace(change.before().number(), move.to());
            }
        }
        Map<Long, BitSet> byReceiver = new TreeMap<>();
        receivers.forEach((partition, receiver) ->
                byReceiver.computeIfAbsent(receiver, first -> new BitSet()).set(partition));
        byReceiver.forEach((receiver, partitions) -> {
            moves.add(new PlannedMove(
                    lease.lease(),
                    PartitionSet.of(partitions),
                    party(leaving),
                    receiver == Snapshot.NO_SESSION ? null : party(receiver)));
            if (lease.kind() == LeaseKind.LEADER) {
                count(receiver);
            }
        });
    }

    private Snapshot withoutLeaving(Snapshot lease) {
        List<Member> others = lease.members().stream()
                .filter(member -> member.session() != leaving)
                .map(member -> new Member(
                        member.session(),
                        member.weight(),
                        leaderships.getOrDefault(member.session(), 0),
                        member.yields()))
                .toList();
        return new Snapshot(lease.lease(), lease.kind(), others, lease.partitions());
    }

    private Party party(long session) {
        return new Party(session, clients.get(session));
    }
}
