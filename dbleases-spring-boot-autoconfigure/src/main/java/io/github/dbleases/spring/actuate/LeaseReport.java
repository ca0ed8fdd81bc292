package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.spring.actuate.LeaseDescriptor.MemberDescriptor;
import io.github.dbleases.spring.actuate.LeaseDescriptor.PartitionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Describes one lease. */
final class LeaseReport {

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

    /** A lease of this instance that the database does not know: it is not joined yet, or dbleases is switched off. */
    static LeaseDescriptor unknown(Lease lease) {
        return new LeaseDescriptor(lease.name(), LeaseKind.PARTITIONS.word(), List.of(), List.of(), null);
    }

    /** What this instance knows by itself. */
    static LeaseDescriptor without(LeaseClient client, String name, Optional<Lease> own, Exception unanswered) {
        return new LeaseDescriptor(
                name,
                own.isPresent() ? LeaseKind.PARTITIONS.word() : null,
                own.map(lease -> ownPartitions(client, lease)).orElse(List.of()),
                List.of(),
                Objects.toString(unanswered.getMessage()));
    }

    private static List<PartitionDescriptor> ownPartitions(LeaseClient client, Lease lease) {
        Long session = LeasesReport.sessionOf(client.status());
        List<PartitionDescriptor> partitions = new ArrayList<>();
        for (int partition : lease.values()) {
            lease.token(partition)
                    .ifPresent(token -> partitions.add(
                            new PartitionDescriptor(partition, client.clientId(), session, null, token, null)));
        }
        return partitions;
    }
}
