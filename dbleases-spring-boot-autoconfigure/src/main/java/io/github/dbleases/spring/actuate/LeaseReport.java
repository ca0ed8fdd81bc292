package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.spring.actuate.LeaseDescriptor.MemberDescriptor;
import io.github.dbleases.spring.actuate.LeaseDescriptor.PartitionDescriptor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Describes one lease or election. */
final class LeaseReport {

    /** The partition of an election. */
    private static final int LEADERSHIP = 0;

    private LeaseReport() {}

    static LeaseDescriptor of(LeaseView lease) {
        return new LeaseDescriptor(
                lease.name(),
                lease.kind().word(),
                lease.partitions().stream()
                        .map(partition -> new PartitionDescriptor(
                                partition.partition(),
                                partition.client(),
                                partition.session(),
                                partition.pendingSession(),
                                partition.token(),
                                partition.since()))
                        .toList(),
                lease.members().stream()
                        .map(member -> new MemberDescriptor(member.client(), member.session(), member.weight()))
                        .toList(),
                null);
    }

    /** What this instance takes part in and the database does not know: not joined yet, or dbleases is switched off. */
    static Optional<LeaseDescriptor> unknown(LeaseClient client, String name) {
        return kind(client, name).map(kind -> new LeaseDescriptor(name, kind.word(), List.of(), List.of(), null));
    }

    /** What this instance knows by itself. */
    static LeaseDescriptor without(LeaseClient client, String name, Exception unanswered) {
        return new LeaseDescriptor(
                name,
                kind(client, name).map(LeaseKind::word).orElse(null),
                ownPartitions(client, name),
                List.of(),
                Objects.toString(unanswered.getMessage()));
    }

    private static Optional<LeaseKind> kind(LeaseClient client, String name) {
        return lease(client, name)
                .map(lease -> LeaseKind.PARTITIONS)
                .or(() -> leadership(client, name).map(leadership -> LeaseKind.LEADER))
                .or(() -> taskSession(client, name).map(session -> LeaseKind.TASKS));
    }

    private static List<PartitionDescriptor> ownPartitions(LeaseClient client, String name) {
        Long session = LeasesReport.sessionOf(client.status());
        SortedMap<Integer, Long> tokens = new TreeMap<>();
        lease(client, name).ifPresent(lease -> {
            for (int partition : lease.values()) {
                lease.token(partition).ifPresent(token -> tokens.put(partition, token));
            }
        });
        leadership(client, name)
                .ifPresent(leadership -> leadership.token().ifPresent(token -> tokens.put(LEADERSHIP, token)));
        return tokens.entrySet().stream()
                .map(own ->
                        new PartitionDescriptor(own.getKey(), client.clientId(), session, null, own.getValue(), null))
                .toList();
    }

    private static Optional<Lease> lease(LeaseClient client, String name) {
        return client.leases().stream()
                .filter(lease -> lease.name().equals(name))
                .findFirst();
    }

    private static Optional<Leadership> leadership(LeaseClient client, String name) {
        return client.leaderships().stream()
                .filter(leadership -> leadership.name().equals(name))
                .findFirst();
    }

    private static Optional<TaskSession> taskSession(LeaseClient client, String name) {
        if (!(client instanceof InternalLeaseClient ours)) {
            return Optional.empty();
        }
        return ours.taskSessions().stream()
                .filter(session -> session.name().equals(name))
                .findFirst();
    }
}
