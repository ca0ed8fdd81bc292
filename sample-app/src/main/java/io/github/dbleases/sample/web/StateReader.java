package io.github.dbleases.sample.web;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.DbLeasesException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.orders.Progress;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reads the state that the page shows. */
@Component
class StateReader {

    private final LeaseClient client;
    private final ClusterStates states;
    private final OrderStates orders;
    private final EmailStates emails;
    private final ReportStates reports;

    StateReader(
            LeaseClient client, ClusterStates states, OrderStates orders, EmailStates emails, ReportStates reports) {
        this.client = client;
        this.states = states;
        this.orders = orders;
        this.emails = emails;
        this.reports = reports;
    }

    /** Reads the state. If the database does not answer, that is only what this instance knows without it. */
    State read() {
        try {
            ClusterView cluster = client.cluster();
            return state(cluster, orders.progress(), emails.mailing());
        } catch (DbLeasesException | DataAccessException e) {
            return ownView();
        }
    }

    private State state(ClusterView cluster, Progress progress, Mailing mailing) {
        return new State(
                states.self(),
                null,
                client.status().ttl().toMillis(),
                orders.read(progress),
                emails.read(cluster, mailing),
                states.instances(cluster, progress, mailing),
                states.leases(cluster, progress),
                reports.read(cluster),
                orders.verdict());
    }

    private State ownView() {
        ClientStatus status = client.status();
        Long session = status.session().isPresent() ? status.session().getAsLong() : null;
        return new State(
                states.self(),
                "The database doesn't answer. This page shows only what %s knows without it.".formatted(states.self()),
                status.ttl().toMillis(),
                null,
                null,
                List.of(),
                states.ownLeases(session),
                reports.own(),
                null);
    }
}
