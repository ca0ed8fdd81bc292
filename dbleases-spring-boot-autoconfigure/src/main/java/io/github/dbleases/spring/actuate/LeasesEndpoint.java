package io.github.dbleases.spring.actuate;

import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.DbLeasesException;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.HistoryUnavailableException;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.OperationRefusedException.Reason;
import io.github.dbleases.OperationResult;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.spring.actuate.HistoryDescriptor.EventDescriptor;
import io.github.dbleases.spring.actuate.HistoryDescriptor.PartyDescriptor;
import io.github.dbleases.spring.actuate.LeaseDescriptor.MemberDescriptor;
import io.github.dbleases.spring.actuate.LeaseDescriptor.PartitionDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.AssignmentDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.ClientDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.ElectionDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.LeaderDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.PartitionLeaseDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.RunnerDescriptor;
import io.github.dbleases.spring.actuate.LeasesDescriptor.SessionDescriptor;
import io.github.dbleases.spring.actuate.OperationDescriptor.MoveDescriptor;
import java.security.Principal;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows which sessions take part, which of them owns what, and which leads. What this instance owns and leads is its own
 * trusted view. The endpoint answers with that view even when the database does not answer.
 *
 * <p>Its write operations change who owns what, in any instance. They exist only with {@code
 * management.endpoint.leases.access=unrestricted}.
 */
@Endpoint(id = "leases", defaultAccess = Access.READ_ONLY)
public class LeasesEndpoint {

    /** The only partition of an election. */
    private static final int LEADERSHIP = 0;

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

    /** Shows this instance, and all sessions, leases, elections and task runners. */
    public LeasesDescriptor leases() {
        return leases(null, null, null);
    }

    /**
     * Shows this instance, all sessions, leases, elections and task runners, and events of the history if they are asked
     * for.
     *
     * @param history how many events to show, 1 to 1,000; null for none
     * @param before only events whose id is smaller; null to begin with the newest
     * @param session only events that are about this session; null for all
     */
    @ReadOperation
    public LeasesDescriptor leases(@Nullable Integer history, @Nullable Long before, @Nullable Long session) {
        HistoryQuery query =
                query(history, before, session == null ? HistoryQuery.all() : HistoryQuery.ofSession(session));
        if (query == null && session != null) {
            throw withoutHistory("session", session);
        }
        try {
            return of(client.cluster(), history(query));
        } catch (DbLeasesException unanswered) {
            return withoutDatabase(unanswered);
        }
    }

    /** Returns the query for events, or null if none were asked for. */
    private static @Nullable HistoryQuery query(@Nullable Integer history, @Nullable Long before, HistoryQuery about) {
        if (history == null) {
            if (before != null) {
                throw withoutHistory("before", before);
            }
            return null;
        }
        try {
            HistoryQuery query = about.limit(history);
            return before == null ? query : query.before(before);
        } catch (IllegalArgumentException outOfRange) {
            String reason = "history is %d, but must be the number of events to show, 1 to %d."
                    .formatted(history, HistoryQuery.MAX_LIMIT);
            throw new InvalidEndpointRequestException(reason, reason);
        }
    }

    private static InvalidEndpointRequestException withoutHistory(String parameter, long value) {
        String reason = "%s=%d selects events of the history. Add history with the number of events to show, 1 to %d."
                .formatted(parameter, value, HistoryQuery.MAX_LIMIT);
        return new InvalidEndpointRequestException(reason, reason);
    }

    private @Nullable HistoryDescriptor history(@Nullable HistoryQuery query) {
        if (query == null) {
            return null;
        }
        try {
            List<HistoryEvent> events = client.history(query);
            boolean more = events.size() == query.limit();
            return new HistoryDescriptor(
                    events.stream().map(LeasesEndpoint::describe).toList(),
                    more ? events.get(events.size() - 1).id() : null,
                    null);
        } catch (HistoryUnavailableException none) {
            return new HistoryDescriptor(List.of(), null, none.getMessage());
        } catch (StoreUnavailableException unanswered) {
            return new HistoryDescriptor(List.of(), null, Objects.toString(unanswered.getMessage()));
        }
    }

    private static EventDescriptor describe(HistoryEvent event) {
        return new EventDescriptor(
                event.id(),
                event.at(),
                event.type().word(),
                event.lease(),
                event.partitions().isEmpty() ? null : event.partitions().toRanges(),
                event.token(),
                describe(event.session()),
                describe(event.from()),
                describe(event.to()),
                describe(event.by()),
                event.cause() == null ? null : event.cause().word(),
                event.principal(),
                event.detail());
    }

    private static @Nullable PartyDescriptor describe(HistoryEvent.@Nullable Party party) {
        return party == null ? null : new PartyDescriptor(party.client(), party.id());
    }

    private LeasesDescriptor of(ClusterView view, @Nullable HistoryDescriptor history) {
        SortedMap<String, PartitionLeaseDescriptor> leases = ownLeases();
        SortedMap<String, ElectionDescriptor> elections = ownElections();
        view.leases().forEach((name, lease) -> {
            if (lease.kind() == LeaseKind.PARTITIONS) {
                PartitionLeaseDescriptor own = leases.get(name);
                leases.put(name, describe(lease, own == null ? PartitionSet.empty() : own.owned()));
            } else if (lease.kind() == LeaseKind.LEADER) {
                ElectionDescriptor own = elections.get(name);
                boolean leading = own != null && own.leading();
                elections.put(
                        name, new ElectionDescriptor(leading, lease.members().size(), leader(lease)));
            }
        });
        List<SessionDescriptor> sessions = view.sessions().stream()
                .map(session -> new SessionDescriptor(
                        session.client(),
                        session.session(),
                        session.self(),
                        session.weight(),
                        session.startedAt(),
                        session.expiresIn().toMillis(),
                        session.drained()))
                .toList();
        return new LeasesDescriptor(
                self(), sessions, leases, elections, describeRunners(LeasesEndpoint::oldestPending), null, history);
    }

    /** Doesn't ask the queues of the runners either: a pool can take a long time to report that it has no connection. */
    private LeasesDescriptor withoutDatabase(DbLeasesException unanswered) {
        return new LeasesDescriptor(
                self(),
                List.of(),
                ownLeases(),
                ownElections(),
                describeRunners(runner -> Optional.empty()),
                Objects.toString(unanswered.getMessage()),
                null);
    }

    private ClientDescriptor self() {
        ClientStatus status = client.status();
        return new ClientDescriptor(
                status.clientId(),
                sessionOf(status),
                status.state(),
                status.ttl().toMillis(),
                status.heartbeat().toMillis(),
                status.trustedFor().toMillis(),
                status.drained(),
                status.problem().orElse(null));
    }

    private static @Nullable Long sessionOf(ClientStatus status) {
        return status.session().isPresent() ? status.session().getAsLong() : null;
    }

    private SortedMap<String, PartitionLeaseDescriptor> ownLeases() {
        SortedMap<String, PartitionLeaseDescriptor> leases = new TreeMap<>();
        for (Lease lease : client.leases()) {
            leases.put(
                    lease.name(),
                    new PartitionLeaseDescriptor(lease.partitions(), lease.values(), null, null, null, List.of()));
        }
        return leases;
    }

    private static PartitionLeaseDescriptor describe(LeaseView lease, PartitionSet owned) {
        long unassigned = lease.partitions().stream()
                .filter(partition -> partition.session() == null)
                .count();
        long moving = lease.partitions().stream()
                .filter(partition -> partition.pendingSession() != null)
                .count();
        return new PartitionLeaseDescriptor(
                lease.partitions().size(), owned, lease.balanced(), unassigned, moving, assignments(lease));
    }

    private static List<AssignmentDescriptor> assignments(LeaseView lease) {
        SortedMap<Long, String> clients = new TreeMap<>();
        SortedMap<Long, BitSet> owned = new TreeMap<>();
        lease.members().forEach(member -> {
            clients.put(member.session(), member.client());
            owned.put(member.session(), new BitSet());
        });
        for (PartitionView partition : lease.partitions()) {
            if (partition.session() != null) {
                // An owner that is no member is leaving.
                clients.putIfAbsent(partition.session(), Objects.toString(partition.client()));
                owned.computeIfAbsent(partition.session(), leaving -> new BitSet())
                        .set(partition.partition());
            }
        }
        return owned.entrySet().stream()
                .map(owner -> {
                    PartitionSet set = PartitionSet.of(owner.getValue());
                    return new AssignmentDescriptor(
                            Objects.toString(clients.get(owner.getKey())), owner.getKey(), set.size(), set.toRanges());
                })
                .toList();
    }

    private SortedMap<String, ElectionDescriptor> ownElections() {
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

    private SortedMap<String, RunnerDescriptor> describeRunners(Function<TaskRunner, Optional<Duration>> oldest) {
        SortedMap<String, RunnerDescriptor> descriptors = new TreeMap<>();
        for (TaskRunner runner : runners.get()) {
            TaskRunnerStatus status = runner.status();
            descriptors.put(
                    runner.name(),
                    new RunnerDescriptor(
                            status.sessions(),
                            status.running(),
                            status.held(),
                            status.completed(),
                            status.failed(),
                            status.retried(),
                            status.givenUp(),
                            status.lost(),
                            oldest.apply(runner).map(Duration::toMillis).orElse(null)));
        }
        return descriptors;
    }

    private static Optional<Duration> oldestPending(TaskRunner runner) {
        try {
            return runner.oldestPending();
        } catch (DbLeasesException unanswered) {
            return Optional.empty();
        }
    }

    /**
     * Shows one lease or election, without its history.
     *
     * @param name the segments of its name, which can contain slashes
     * @return the lease or election, or null if there is none with that name
     */
    public @Nullable LeaseDescriptor lease(String... name) {
        return lease(null, null, name);
    }

    /**
     * Shows one lease or election, and events of its history if they are asked for.
     *
     * @param history how many events to show, 1 to 1,000; null for none
     * @param before only events whose id is smaller; null to begin with the newest
     * @param name the segments of its name, which can contain slashes
     * @return the lease or election, or null if there is none with that name and none was in the history
     */
    @ReadOperation
    public @Nullable LeaseDescriptor lease(
            @Nullable Integer history, @Nullable Long before, @Selector(match = Match.ALL_REMAINING) String... name) {
        String whole = String.join("/", name);
        HistoryQuery query = query(history, before, HistoryQuery.ofLease(whole));
        try {
            LeaseView view = client.cluster(whole).leases().get(whole);
            HistoryDescriptor events = history(query);
            return view != null ? of(view, events) : unknownToDatabase(whole, events);
        } catch (DbLeasesException unanswered) {
            return new LeaseDescriptor(
                    whole,
                    ownKind(whole).map(LeaseKind::word).orElse(null),
                    ownPartitions(whole),
                    List.of(),
                    Objects.toString(unanswered.getMessage()),
                    null);
        }
    }

    /** What can be done to a lease or an election. */
    public enum LeaseOperation {

        /** Moves a partition, or the leadership of an election, to an instance. */
        MOVE,

        /** Balances a lease now. */
        REBALANCE,

        /** Makes the leader of an election resign. */
        RESIGN,

        /** Removes a lease, an election or the name of a runner that no instance uses anymore. */
        REMOVE
    }

    /**
     * Moves a partition or a leadership, balances a lease, makes a leader resign, or removes a lease that no instance uses. A
     * live owner is asked to hand over, and nothing is taken from it.
     *
     * @param operation what to do
     * @param partition the partition to move; not needed for an election
     * @param instance for a move the receiver, otherwise the leader that must resign: a client name or a session id; null to let
     *     any leader resign
     * @param dryRun whether only the plan is wanted; false if null
     * @param security who asks
     * @param name the segments of the name of the lease or election
     */
    @WriteOperation
    public OperationDescriptor change(
            LeaseOperation operation,
            @Nullable Integer partition,
            @Nullable String instance,
            @Nullable Boolean dryRun,
            SecurityContext security,
            @Selector(match = Match.ALL_REMAINING) String... name) {
        String whole = String.join("/", name);
        LeaseAdministration administration = administration(dryRun, security);
        OperationResult result = switch (operation) {
            case MOVE ->
                administration.move(
                        whole, partition(whole, partition), session(required("instance", instance, operation)));
            case REBALANCE -> administration.rebalance(whole);
            case RESIGN ->
                instance == null ? administration.resign(whole) : administration.resign(whole, session(instance));
            case REMOVE -> administration.remove(whole);
        };
        return describe(result, whole, null);
    }

    /** What can be done to an instance. */
    public enum InstanceOperation {

        /** Makes an instance hand over everything and stand by. */
        DRAIN,

        /** Makes an instance take part again. */
        RESUME
    }

    /**
     * Drains an instance, which hands over everything and stands by, or resumes it. The instance is asked, and acts on that by
     * itself.
     *
     * @param operation what to do
     * @param instance the instance: a client name or a session id
     * @param dryRun whether only the plan is wanted; false if null
     * @param security who asks
     */
    @WriteOperation
    public OperationDescriptor changeInstance(
            InstanceOperation operation, String instance, @Nullable Boolean dryRun, SecurityContext security) {
        LeaseAdministration administration = administration(dryRun, security);
        long session = session(instance);
        OperationResult result =
                operation == InstanceOperation.DRAIN ? administration.drain(session) : administration.resume(session);
        return describe(result, null, session);
    }

    private LeaseAdministration administration(@Nullable Boolean dryRun, SecurityContext security) {
        Principal principal = security.getPrincipal();
        LeaseAdministration requested =
                client.administration().requestedBy(principal == null ? null : principal.getName());
        return Boolean.TRUE.equals(dryRun) ? requested.dryRun() : requested;
    }

    private static OperationDescriptor describe(
            OperationResult result, @Nullable String lease, @Nullable Long session) {
        return new OperationDescriptor(
                result.operation(),
                lease,
                session,
                result.dryRun(),
                result.changed(),
                result.moves().stream()
                        .map(move -> new MoveDescriptor(
                                move.lease(),
                                move.partitions().toRanges(),
                                new PartyDescriptor(
                                        move.from().client(), move.from().id()),
                                describe(move.to())))
                        .toList());
    }

    /** Returns the partition to move, which need not be given for an election. */
    private int partition(String lease, @Nullable Integer partition) {
        if (partition != null) {
            return partition;
        }
        LeaseView view = client.cluster(lease).leases().get(lease);
        if (view != null && view.kind() != LeaseKind.LEADER) {
            required("partition", null, LeaseOperation.MOVE);
        }
        return LEADERSHIP;
    }

    private static String required(String parameter, @Nullable String value, LeaseOperation operation) {
        if (value == null || value.isBlank()) {
            String reason = "The operation %s needs the parameter %s."
                    .formatted(operation.name().toLowerCase(Locale.ROOT), parameter);
            throw new InvalidEndpointRequestException(reason, reason);
        }
        return value;
    }

    /** Returns the session of an instance that is named by its session or by its client. */
    private long session(String instance) {
        List<SessionView> sessions = client.cluster().sessions().stream()
                .filter(session -> session.client().equals(instance)
                        || String.valueOf(session.session()).equals(instance))
                .toList();
        if (sessions.isEmpty()) {
            throw new OperationRefusedException(
                    Reason.NOT_FOUND,
                    "There is no live session '%s', and no client of that name has one.".formatted(instance),
                    "Name a client or a session that GET /actuator/leases shows.");
        }
        if (sessions.size() > 1) {
            throw new OperationRefusedException(
                    Reason.CONFLICT,
                    "%d clients have the name '%s'.".formatted(sessions.size(), instance),
                    "Name one of their sessions: %s."
                            .formatted(sessions.stream()
                                    .map(session -> String.valueOf(session.session()))
                                    .collect(Collectors.joining(", "))));
        }
        return sessions.get(0).session();
    }

    private static LeaseDescriptor of(LeaseView lease, @Nullable HistoryDescriptor history) {
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
                null,
                history);
    }

    /**
     * This instance takes part, but has not joined yet, or dbleases is switched off, or the lease is gone and only its history
     * is left.
     */
    private @Nullable LeaseDescriptor unknownToDatabase(String name, @Nullable HistoryDescriptor history) {
        Optional<LeaseKind> kind = ownKind(name);
        boolean hasEvents = history != null && !history.events().isEmpty();
        return kind.isPresent() || hasEvents
                ? new LeaseDescriptor(name, kind.map(LeaseKind::word).orElse(null), List.of(), List.of(), null, history)
                : null;
    }

    private Optional<LeaseKind> ownKind(String name) {
        return lease(name)
                .map(lease -> LeaseKind.PARTITIONS)
                .or(() -> leadership(name).map(leadership -> LeaseKind.LEADER))
                .or(() -> hasTaskSession(name) ? Optional.of(LeaseKind.TASKS) : Optional.empty());
    }

    private boolean hasTaskSession(String name) {
        return client instanceof InternalLeaseClient ours
                && ours.taskSessions().stream()
                        .anyMatch(session -> session.name().equals(name));
    }

    private List<PartitionDescriptor> ownPartitions(String name) {
        Long session = sessionOf(client.status());
        SortedMap<Integer, Long> tokens = new TreeMap<>();
        lease(name).ifPresent(lease -> {
            for (int partition : lease.values()) {
                lease.token(partition).ifPresent(token -> tokens.put(partition, token));
            }
        });
        leadership(name).ifPresent(leadership -> leadership.token().ifPresent(token -> tokens.put(LEADERSHIP, token)));
        return tokens.entrySet().stream()
                .map(own ->
                        new PartitionDescriptor(own.getKey(), client.clientId(), session, null, own.getValue(), null))
                .toList();
    }

    private Optional<Lease> lease(String name) {
        return client.leases().stream()
                .filter(lease -> lease.name().equals(name))
                .findFirst();
    }

    private Optional<Leadership> leadership(String name) {
        return client.leaderships().stream()
                .filter(leadership -> leadership.name().equals(name))
                .findFirst();
    }
}
