package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClusterView;
import io.github.dbleases.DbLeasesException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;

/**
 * Shows who takes part, who owns what and who leads. What this instance owns and leads is its own trusted view; it is
 * answered even when the database does not answer.
 */
@Endpoint(id = "leases", defaultAccess = Access.READ_ONLY)
public class LeasesEndpoint {

    private final LeaseClient client;
    private final Supplier<? extends Collection<TaskRunner>> runners;

    /** Shows a client without task runners. */
    public LeasesEndpoint(LeaseClient client) {
        this(client, List::of);
    }

    /** Shows a client and the task runners of the application. */
    public LeasesEndpoint(LeaseClient client, Supplier<? extends Collection<TaskRunner>> runners) {
        this.client = client;
        this.runners = runners;
    }

    /** Shows this instance, all sessions, all leases, all elections and the task runners. */
    @ReadOperation
    public LeasesDescriptor leases() {
        try {
            return LeasesReport.of(client, client.cluster(), runners.get());
        } catch (DbLeasesException unanswered) {
            return LeasesReport.without(client, unanswered, runners.get());
        }
    }

    /**
     * Shows one lease or election.
     *
     * @param name the segments of its name, which may have slashes
     * @return the lease or election, or null if there is none of that name
     */
    @ReadOperation
    public @Nullable LeaseDescriptor lease(@Selector(match = Match.ALL_REMAINING) String... name) {
        String whole = String.join("/", name);
        try {
            ClusterView.LeaseView view = client.cluster(whole).leases().get(whole);
            return view != null
                    ? LeaseReport.of(view)
                    : LeaseReport.unknown(client, whole).orElse(null);
        } catch (DbLeasesException unanswered) {
            return LeaseReport.without(client, whole, unanswered);
        }
    }
}
