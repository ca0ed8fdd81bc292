package io.github.dbleases.sample.web;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.instance.InstanceDirectory;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.web.State.Instance;
import io.github.dbleases.sample.web.State.LeaseState;
import io.github.dbleases.sample.web.State.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Reads which instances there are and what they own. */
@Component
class ClusterStates {

    /** A lease with more partitions than this is listed without its partitions. */
    private static final int SHOWN = 1_024;

    private final Lease orders;
    private final InstanceDirectory directory;

    ClusterStates(@Qualifier("orders") Lease orders, InstanceDirectory directory) {
        this.orders = orders;
        this.directory = directory;
    }

    /** Returns the name of this instance. */
    String self() {
        return directory.self();
    }

    List<Instance> instances(ClusterView cluster, Progress progress, Mailing mailing) {
        return new InstanceStates(cluster, orders.name(), progress, mailing).join(directory.entries());
    }

    /** Returns the lease of the orders, then the others. */
    List<LeaseState> leases(ClusterView cluster, Progress progress) {
        return cluster.leases().values().stream()
                .filter(lease -> lease.kind() == LeaseKind.PARTITIONS)
                .sorted(Comparator.comparing(lease -> !lease.name().equals(orders.name())))
                .map(lease -> new LeaseState(
                        lease.name(),
                        lease.balanced(),
                        lease.partitions().size(),
                        lease.partitions().size() > SHOWN ? List.of() : partitions(lease, progress)))
                .toList();
    }

    private List<Partition> partitions(LeaseView lease, Progress progress) {
        boolean ofOrders = lease.name().equals(orders.name());
        return lease.partitions().stream()
                .map(partition -> new Partition(
                        partition.partition(),
                        partition.session(),
                        partition.pendingSession(),
                        ofOrders ? progress.waiting().getOrDefault(partition.partition(), 0) : 0))
                .toList();
    }

    /** Returns the lease of the orders with only what this instance owns. */
    List<LeaseState> ownLeases(@Nullable Long session) {
        List<Partition> partitions = IntStream.range(0, orders.partitions())
                .mapToObj(partition -> new Partition(partition, orders.owns(partition) ? session : null, null, 0))
                .toList();
        return List.of(new LeaseState(orders.name(), false, orders.partitions(), partitions));
    }
}
