package io.github.dbleases.spring;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers what a test tells it to; the token of a partition is its number plus 1000. */
public class FakeLeaseClient implements InternalLeaseClient {

    private static final long SESSION = 4503599627370496L;

    private final SortedMap<String, Lease> leases = new TreeMap<>();
    private final SortedMap<String, FakeLeadership> leaderships = new TreeMap<>();
    private final SortedMap<String, TaskSession> taskSessions = new TreeMap<>();
    private Optional<ClusterView> view = Optional.empty();
    private List<HistoryEvent> history;
    private HistoryQuery query;
    private boolean othersLead = true;
    private boolean retired;
    private boolean drained;
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger wholeViews = new AtomicInteger();

    public FakeLeaseClient sees(ClusterView seen) {
        othersLead = false;
        view = Optional.of(seen);
        return this;
    }

    public FakeLeaseClient owns(String lease, int partitions, int... owned) {
        leases.put(lease, new FakeLease(lease, partitions, PartitionSet.of(owned)));
        return this;
    }

    /** Forgets what it was told, and does not answer until it sees something. */
    public void forget() {
        othersLead = false;
        leases.clear();
        leaderships.clear();
        taskSessions.clear();
        view = Optional.empty();
        history = null;
        query = null;
        wholeViews.set(0);
    }

    @Override
    public String clientId() {
        return "host-1";
    }

    @Override
    public ClientState state() {
        return ClientState.ACTIVE;
    }

    @Override
    public ClientStatus status() {
        return new ClientStatus(
                clientId(),
                OptionalLong.of(SESSION),
                state(),
                Instant.EPOCH,
                Duration.ofSeconds(6),
                Duration.ofMillis(1500),
                Duration.ofMillis(5210),
                drained,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Override
    public Map<String, Lease> leases(Map<String, Integer> partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease lease(String name, int partitions) {
        return leases.computeIfAbsent(name, absent -> new FakeLease(name, partitions, PartitionSet.empty()));
    }

    @Override
    public Collection<Lease> leases() {
        return List.copyOf(leases.values());
    }

    @Override
    public FakeLeadership leadership(String name) {
        return leaderships.computeIfAbsent(name, FakeLeadership::new);
    }

    @Override
    public Collection<Leadership> leaderships() {
        return List.copyOf(leaderships.values());
    }

    @Override
    public TaskSession taskSession(String name) {
        return taskSessions.computeIfAbsent(name, FakeTaskSession::new);
    }

    @Override
    public Collection<TaskSession> taskSessions() {
        return List.copyOf(taskSessions.values());
    }

    @Override
    public ClusterView cluster(String lease) {
        if (othersLead && leaderships.containsKey(lease)) {
            return ledByAnother(lease);
        }
        ClusterView whole = seen();
        SortedMap<String, ClusterView.LeaseView> asked = new TreeMap<>(whole.leases());
        asked.keySet().retainAll(Set.of(lease));
        return new ClusterView(whole.sessions(), asked);
    }

    public FakeLeaseClient remembers(HistoryEvent... events) {
        history = List.of(events);
        return this;
    }

    /** Returns the last query of the history. */
    public Optional<HistoryQuery> askedFor() {
        return Optional.ofNullable(query);
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery asked) {
        query = asked;
        if (history == null) {
            return InternalLeaseClient.super.history(asked);
        }
        return history;
    }

    /** Sees a leader that has renewed its session since it was seen last. */
    private ClusterView ledByAnother(String election) {
        Duration expiresIn = Duration.ofSeconds(6).plusMinutes(looks.incrementAndGet());
        SessionView session = new SessionView("host-2", 2, false, 1, Instant.EPOCH, expiresIn, false);
        PartitionView partition = new PartitionView(0, "host-2", 2L, null, 7, Instant.EPOCH);
        LeaseView view = new LeaseView(election, LeaseKind.LEADER, List.of(), List.of(partition), true);
        return new ClusterView(List.of(session), new TreeMap<>(Map.of(election, view)));
    }

    @Override
    public ClusterView cluster() {
        wholeViews.incrementAndGet();
        return seen();
    }

    /** Returns how often the whole cluster was asked for. */
    public int wholeViews() {
        return wholeViews.get();
    }

    private ClusterView seen() {
        return view.orElseThrow(() -> new StoreUnavailableException("The store did not answer within 1000 ms."));
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void onLeasesChanged(Runnable action) {}

    @Override
    public void drain() {
        drained = true;
    }

    @Override
    public void resume() {
        drained = false;
    }

    @Override
    public void retire() {
        retired = true;
    }

    public boolean isRetired() {
        return retired;
    }

    @Override
    public void close() {}

    private record FakeLease(String name, int partitions, PartitionSet values) implements Lease {

        @Override
        public boolean owns(int partition) {
            return values.contains(partition);
        }

        @Override
        public OptionalLong token(int partition) {
            return owns(partition) ? OptionalLong.of(1000 + partition) : OptionalLong.empty();
        }

        @Override
        public Optional<Hold> tryHold(int partition) {
            return Optional.empty();
        }

        @Override
        public Registration addListener(LeaseListener listener) {
            return () -> {};
        }

        @Override
        public void leave() {}
    }

    /** Has the session of the client, and shares the tasks with no other. */
    private record FakeTaskSession(String name) implements TaskSession {

        @Override
        public OptionalLong id() {
            return OptionalLong.of(SESSION);
        }

        @Override
        public Place place() {
            return Place.ALONE;
        }

        @Override
        public Registration addListener(TaskSessionListener listener) {
            return () -> {};
        }

        @Override
        public void leave() {}
    }
}
