package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.spring.actuate.LeasesDescriptor.ElectionDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.LeaderDescriptor;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes the leader elections. */
final class LeadersReport {

    private LeadersReport() {}

    /** Those of this client and those of others. */
    static SortedMap<String, ElectionDescriptor> of(LeaseClient client, ClusterView view) {
        SortedMap<String, ElectionDescriptor> elections = without(client);
        view.leases().forEach((name, lease) -> {
            if (lease.kind() == LeaseKind.LEADER) {
                ElectionDescriptor own = elections.get(name);
                elections.put(
                        name,
                        new ElectionDescriptor(
                                own != null && own.leading(), lease.members().size(), leader(lease)));
            }
        });
        return elections;
    }

    /** What this client knows by itself. */
    static SortedMap<String, ElectionDescriptor> without(LeaseClient client) {
        SortedMap<String, ElectionDescriptor> elections = new TreeMap<>();
        for (Leadership leadership : client.leaderships()) {
            elections.put(leadership.name(), new ElectionDescriptor(leadership.isLeader(), 0, null));
        }
        return elections;
    }

    private static @Nullable LeaderDescriptor leader(LeaseView election) {
        for (PartitionView leadership : election.partitions()) {
            if (leadership.client() != null && leadership.session() != null) {
                return new LeaderDescriptor(
                        leadership.client(), leadership.session(), leadership.token(), leadership.since());
            }
        }
        return null;
    }
}
