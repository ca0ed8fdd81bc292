package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.spring.actuate.LeasesDescriptor.AssignmentDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.ClientDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.PartitionLeaseDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.SessionDescriptor;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes all that a client sees. */
final class LeasesReport {

    private LeasesReport() {}

    static LeasesDescriptor of(LeaseClient client, ClusterView view, Collection<TaskRunner> runners) {
        SortedMap<String, PartitionLeaseDescriptor> leases = ownLeases(client);
        view.leases().forEach((name, lease) -> {
            if (lease.kind() == LeaseKind.PARTITIONS) {
                PartitionLeaseDescriptor own = leases.get(name);
                leases.put(name, describe(lease, own == null ? PartitionSet.empty() : own.owned()));
            }
        });
        List<SessionDescriptor> sessions = view.sessions().stream()
                .map(session -> new SessionDescriptor(
                        session.client(),
                        session.session(),
                        session.self(),
                        session.weight(),
                        session.startedAt(),
                        session.expiresIn().toMillis()))
                .toList();
        return new LeasesDescriptor(
                describe(client.status()),
                sessions,
                leases,
                LeadersReport.of(client, view),
                RunnersReport.of(runners),
                null);
    }

    static LeasesDescriptor without(LeaseClient client, Exception unanswered, Collection<TaskRunner> runners) {
        return new LeasesDescriptor(
                describe(client.status()),
                List.of(),
                ownLeases(client),
                LeadersReport.without(client),
                RunnersReport.without(runners),
                Objects.toString(unanswered.getMessage()));
    }

    private static ClientDescriptor describe(ClientStatus status) {
        return new ClientDescriptor(
                status.clientId(),
                sessionOf(status),
                status.state(),
                status.ttl().toMillis(),
                status.heartbeat().toMillis(),
                status.trustedFor().toMillis(),
                status.problem().orElse(null));
    }

    static @Nullable Long sessionOf(ClientStatus status) {
        return status.session().isPresent() ? status.session().getAsLong() : null;
    }

    private static SortedMap<String, PartitionLeaseDescriptor> ownLeases(LeaseClient client) {
        SortedMap<String, PartitionLeaseDescriptor> leases = new TreeMap<>();
        for (Lease lease : client.leases()) {
            leases.put(
                    lease.name(),
                    new PartitionLeaseDescriptor(lease.partitions(), lease.values(), null, null, null, List.of()));
        }
        return leases;
    }

    private static PartitionLeaseDescriptor describe(LeaseView lease, PartitionSet owned) {
        long unassigned = lease.partitions().stream()
                .filter(partition -> partition.session() == null)
                .count();
        long moving = lease.partitions().stream()
                .filter(partition -> partition.pendingSession() != null)
                .count();
        return new PartitionLeaseDescriptor(
                lease.partitions().size(), owned, lease.balanced(), unassigned, moving, assignments(lease));
    }

    private static List<AssignmentDescriptor> assignments(LeaseView lease) {
        SortedMap<Long, Owner> owners = new TreeMap<>();
        lease.members().forEach(member -> owners.put(member.session(), new Owner(member.client(), new BitSet())));
        for (PartitionView partition : lease.partitions()) {
            if (partition.session() != null) {
                owners.computeIfAbsent(
                                partition.session(),
                                leaving -> new Owner(Objects.toString(partition.client()), new BitSet()))
                        .partitions()
                        .set(partition.partition());
            }
        }
        return owners.entrySet().stream()
                .map(entry -> entry.getValue().describe(entry.getKey()))
                .toList();
    }

    private record Owner(String client, BitSet partitions) {

        AssignmentDescriptor describe(long session) {
            PartitionSet set = PartitionSet.of(partitions);
            return new AssignmentDescriptor(client, session, set.size(), set.toRanges());
        }
    }
}
