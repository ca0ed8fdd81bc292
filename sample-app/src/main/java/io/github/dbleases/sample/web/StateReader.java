package io.github.dbleases.sample.web;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.DbLeasesException;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.sample.instance.InstanceDirectory;
import io.github.dbleases.sample.orders.BalanceCheck;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.orders.ProgressReport;
import io.github.dbleases.sample.web.State.LeaseState;
import io.github.dbleases.sample.web.State.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Puts together what the page shows. */
@Component
class StateReader {

    /** A lease with more partitions than this is listed without them. */
    private static final int SHOWN = 1_024;

    private final LeaseClient client;
    private final Lease orders;
    private final InstanceDirectory directory;
    private final ProgressReport report;
    private final BalanceCheck check;

    StateReader(
            LeaseClient client,
            @Qualifier("orders") Lease orders,
            InstanceDirectory directory,
            ProgressReport report,
            BalanceCheck check) {
        this.client = client;
        this.orders = orders;
        this.directory = directory;
        this.report = report;
        this.check = check;
    }

    /** Reads the state; when the database does not answer, only what this instance knows without it. */
    State read() {
        try {
            ClusterView cluster = client.cluster();
            return state(cluster, report.read());
        } catch (DbLeasesException | DataAccessException e) {
            return ownView();
        }
    }

    private State state(ClusterView cluster, Progress progress) {
        return new State(
                directory.self(),
                null,
                client.status().ttl().toMillis(),
                new State.Orders(progress.imported(), progress.total(), progress.done(), rate(progress)),
                InstanceStates.of(cluster, orders.name(), directory.entries(), progress),
                leases(cluster, progress),
                check.latest().orElse(null));
    }

    private static double rate(Progress progress) {
        return progress.byInstance().values().stream()
                .mapToDouble(Progress.Share::perSecond)
                .sum();
    }

    private List<LeaseState> leases(ClusterView cluster, Progress progress) {
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

    private State ownView() {
        ClientStatus status = client.status();
        Long session = status.session().isPresent() ? status.session().getAsLong() : null;
        List<Partition> partitions = IntStream.range(0, orders.partitions())
                .mapToObj(partition -> new Partition(partition, orders.owns(partition) ? session : null, null, 0))
                .toList();
        return new State(
                directory.self(),
                "The database does not answer. What is shown is what %s still trusts by itself."
                        .formatted(directory.self()),
                status.ttl().toMillis(),
                null,
                List.of(),
                List.of(new LeaseState(orders.name(), false, orders.partitions(), partitions)),
                null);
    }
}
