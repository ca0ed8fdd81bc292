package io.github.dbleases.sample.web;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.DbLeasesException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.sample.orders.BalanceCheck;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.orders.ProgressReport;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Puts together what the page shows. */
@Component
class StateReader {

    private final LeaseClient client;
    private final ClusterStates states;
    private final ProgressReport report;
    private final BalanceCheck check;
    private final ReportStates reports;

    StateReader(
            LeaseClient client, ClusterStates states, ProgressReport report, BalanceCheck check, ReportStates reports) {
        this.client = client;
        this.states = states;
        this.report = report;
        this.check = check;
        this.reports = reports;
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
                states.self(),
                null,
                client.status().ttl().toMillis(),
                new State.Orders(progress.imported(), progress.total(), progress.done(), rate(progress)),
                states.instances(cluster, progress),
                states.leases(cluster, progress),
                reports.read(cluster),
                check.latest().orElse(null));
    }

    private static double rate(Progress progress) {
        return progress.byInstance().values().stream()
                .mapToDouble(Progress.Share::perSecond)
                .sum();
    }

    private State ownView() {
        ClientStatus status = client.status();
        Long session = status.session().isPresent() ? status.session().getAsLong() : null;
        return new State(
                states.self(),
                "The database does not answer. What is shown is what %s still trusts by itself."
                        .formatted(states.self()),
                status.ttl().toMillis(),
                null,
                List.of(),
                states.ownLeases(session),
                reports.own(),
                null);
    }
}
