package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClientStatus.Failure;
import io.github.dbleases.ClientStatus.OverdueWork;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of the client, from its own view: it sends nothing to the database. A client that can't work until a person has
 * changed something is down. A client that keeps trying is out of service, and so is a drained one. Overdue work is shown and
 * changes no status: the client does everything else, and taking it out of service would not end that work.
 */
final class LeasesHealthIndicator extends AbstractHealthIndicator {

    private final LeaseClient client;

    LeasesHealthIndicator(LeaseClient client) {
        super("The state of the lease client cannot be read");
        this.client = client;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        ClientStatus status = client.status();
        health.status(healthOf(status))
                .withDetail("state", status.state())
                .withDetail("since", status.since())
                .withDetail("drained", status.drained())
                .withDetail("partitions", partitions())
                .withDetail("leaderships", leaderships());
        cause(status, health);
        if (!status.overdueWork().isEmpty()) {
            health.withDetail(
                    "overdueWork",
                    status.overdueWork().stream()
                            .map(LeasesHealthIndicator::describe)
                            .toList());
        }
        status.lastFailure()
                .ifPresent(failure ->
                        health.withDetail("lastError", failure.message()).withDetail("lastErrorAt", failure.at()));
    }

    private static Map<String, Object> describe(OverdueWork work) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("lease", work.lease());
        details.put("partition", work.partition());
        details.put("heldForMillis", work.heldFor().toMillis());
        details.put("thread", work.thread());
        return details;
    }

    private static Status healthOf(ClientStatus status) {
        boolean failing = status.problem().isPresent();
        boolean permanent = status.lastFailure().filter(Failure::permanent).isPresent();
        if (failing && permanent) {
            return Status.DOWN;
        }
        return status.state() == ClientState.ACTIVE && !failing && !status.drained()
                ? Status.UP
                : Status.OUT_OF_SERVICE;
    }

    private static void cause(ClientStatus status, Health.Builder health) {
        if (status.problem().isPresent()) {
            health.withDetail("cause", status.problem().get());
        } else if (status.state() == ClientState.STARTING) {
            health.withDetail("cause", "The client has no session yet.");
        } else if (status.state() == ClientState.SUSPENDED) {
            health.withDetail("cause", "The client does not trust its session.");
        } else if (status.state() == ClientState.STOPPED) {
            health.withDetail("cause", "The client is stopped.");
        } else if (status.state() == ClientState.CLOSED) {
            health.withDetail("cause", "The client is closed.");
        } else if (status.drainRequested()) {
            health.withDetail(
                    "cause", "An operation has drained the client. It stands by until an operation resumes it.");
        } else if (status.drained()) {
            health.withDetail("cause", "The client is drained and stands by.");
        }
    }

    private int partitions() {
        return client.leases().stream()
                .mapToInt((Lease lease) -> lease.values().size())
                .sum();
    }

    private long leaderships() {
        return client.leaderships().stream().filter(Leadership::isLeader).count();
    }
}
