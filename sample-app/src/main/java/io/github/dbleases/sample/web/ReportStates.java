package io.github.dbleases.sample.web;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.sample.reports.ReportBook;
import io.github.dbleases.sample.reports.ReportJob;
import io.github.dbleases.sample.web.State.Reports;
import io.github.dbleases.sample.web.State.Writer;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads which instance writes the sales reports, and the latest reports. */
@Component
class ReportStates {

    private static final int SHOWN = 8;

    private final LeaseClient client;
    private final ReportBook book;
    private final Leadership leadership;

    ReportStates(LeaseClient client, ReportBook book) {
        this.client = client;
        this.book = book;
        this.leadership = client.leadership(ReportJob.ELECTION);
    }

    /** The leader according to the database. */
    Reports read(ClusterView cluster) {
        return new Reports(leader(cluster), book.latest(SHOWN));
    }

    /** The leader as far as this instance knows by itself. */
    Reports own() {
        ClientStatus status = client.status();
        OptionalLong token = leadership.token();
        return new Reports(
                token.isPresent() && status.session().isPresent()
                        ? new Writer(client.clientId(), status.session().getAsLong(), token.getAsLong(), null)
                        : null,
                List.of());
    }

    private static @Nullable Writer leader(ClusterView cluster) {
        LeaseView election = cluster.leases().get(ReportJob.ELECTION);
        if (election == null || election.partitions().isEmpty()) {
            return null;
        }
        PartitionView led = election.partitions().get(0);
        return led.client() == null || led.session() == null
                ? null
                : new Writer(led.client(), led.session(), led.token(), led.since());
    }
}
