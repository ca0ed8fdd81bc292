package io.github.dbleases.sample.web;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.instance.InstanceDirectory.Entry;
import io.github.dbleases.sample.instance.InstanceDirectory.Phase;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.orders.Progress.Share;
import io.github.dbleases.sample.web.State.Instance;
import io.github.dbleases.sample.web.State.Sending;
import io.github.dbleases.sample.web.State.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Matches the instances with the sessions of the cluster. */
final class InstanceStates {

    private final String lease;
    private final ClusterView cluster;
    private final Progress progress;
    private final Mailing mailing;
    private final Map<Long, Long> owned;

    /**
     * Creates the view of a cluster.
     *
     * @param lease the name of the lease whose partitions are counted
     */
    InstanceStates(ClusterView cluster, String lease, Progress progress, Mailing mailing) {
        this.cluster = cluster;
        this.lease = lease;
        this.progress = progress;
        this.mailing = mailing;
        this.owned = owned();
    }

    /**
     * Returns the instances, then the sessions that belong to no instance: those of other applications, or of a process
     * that was killed and whose successor already has a session.
     */
    List<Instance> join(List<Entry> entries) {
        Map<Long, SessionView> sessions =
                cluster.sessions().stream().collect(Collectors.toMap(SessionView::session, Function.identity()));
        Set<String> starting = new HashSet<>();
        List<Instance> instances = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.phase() == Phase.STARTING) {
                starting.add(entry.name());
            }
            instances.add(instance(entry, entry.session() == null ? null : sessions.remove(entry.session())));
        }
        sessions.values().stream()
                // Will be registered by its instance in a moment.
                .filter(session -> !starting.contains(session.client()))
                .sorted(Comparator.comparing(SessionView::client).thenComparing(SessionView::session))
                .map(this::stranger)
                .forEach(instances::add);
        return instances;
    }

    private Instance instance(Entry entry, @Nullable SessionView session) {
        Share share = progress.byInstance().getOrDefault(entry.name(), Share.NONE);
        return new Instance(
                entry.name(),
                status(entry.phase(), session),
                entry.port(),
                session == null ? null : session.session(),
                session == null ? 0 : session.expiresIn().toMillis(),
                session == null ? 0 : owned.getOrDefault(session.session(), 0L),
                share.done(),
                share.perSecond(),
                sending(entry.name(), session),
                entry.phase() == Phase.ENDED);
    }

    private static Status status(Phase phase, @Nullable SessionView session) {
        return switch (phase) {
            case STARTING -> Status.STARTING;
            case RUNNING -> session == null ? Status.SILENT : Status.ACTIVE;
            case ENDED -> Status.ENDED;
        };
    }

    private Instance stranger(SessionView session) {
        return new Instance(
                session.client(),
                Status.ACTIVE,
                null,
                session.session(),
                session.expiresIn().toMillis(),
                owned.getOrDefault(session.session(), 0L),
                0,
                0,
                sending("", session),
                false);
    }

    private Sending sending(String instance, @Nullable SessionView session) {
        Mailing.Share share = mailing.byInstance().getOrDefault(instance, Mailing.Share.NONE);
        long held = session == null ? 0 : mailing.heldBySession().getOrDefault(session.session(), 0L);
        return new Sending(held, share.sent(), share.perSecond());
    }

    private Map<Long, Long> owned() {
        LeaseView view = cluster.leases().get(lease);
        return view == null
                ? Map.of()
                : view.partitions().stream()
                        .map(PartitionView::session)
                        .filter(Objects::nonNull)
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
