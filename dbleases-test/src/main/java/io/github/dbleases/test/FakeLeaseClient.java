package io.github.dbleases.test;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.MemberView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.LeaseConflicts;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LeaseClient} whose leases and elections a test controls. Its leases are {@link FakeLease}s, its elections are
 * {@link FakeLeadership}s. It has no store and no thread, and its clock stands still until the test moves it.
 *
 * <pre>{@code
 * FakeLeaseClient leases = FakeLeaseClient.owningEverything();
 * leases.revoke("orders", 3);
 * leases.setLeader("reports", false);
 * }</pre>
 *
 * <p>It is one of two instances. Whatever it does not own or lead belongs to the other one. In a Spring test, {@code
 * @AutoConfigureTestLeases} makes it the client of the application.
 *
 * <p>To test an instance that cannot reach its store, use {@link #disconnect()} and {@link #advance}. From the trust
 * deadline on, the instance owns nothing. When its session has expired, the other instance owns everything.
 *
 * <p>A new client is already started. While it is {@linkplain #stop() stopped}, it owns nothing.
 *
 * <p>Any thread may use it.
 */
public final class FakeLeaseClient implements LeaseClient {

    private static final String CLIENT_ID = "this-instance";
    private static final Timing TIMING = Timing.DEFAULT;

    private final FakeSession session = new FakeSession(CLIENT_ID);
    private final boolean ownsEverything;
    private final SortedMap<String, FakeLease> leases = new TreeMap<>();
    private final SortedMap<String, FakeLeadership> leaderships = new TreeMap<>();
    private Instant lastHeartbeat = session.now();
    private boolean connected = true;
    private boolean stopped;
    private boolean drained;
    private boolean closed;

    private FakeLeaseClient(boolean ownsEverything) {
        this.ownsEverything = ownsEverything;
    }

    /** Returns a client that owns every partition of its leases and leads every election. */
    public static FakeLeaseClient owningEverything() {
        return new FakeLeaseClient(true);
    }

    /** Returns a client that owns and leads nothing until the test says so. */
    public static FakeLeaseClient owningNothing() {
        return new FakeLeaseClient(false);
    }

    /**
     * Grants partitions of a lease to this instance.
     *
     * @throws IllegalArgumentException if the client has not joined the lease, or the lease has no such partition
     * @see FakeLease#grant
     */
    public void grant(String lease, int... partitions) {
        joinedLease(lease).grant(partitions);
    }

    /**
     * Revokes partitions of a lease, as if they were handed over to the other instance.
     *
     * @throws IllegalArgumentException if the client has not joined the lease, or the lease has no such partition
     * @see FakeLease#revoke
     */
    public void revoke(String lease, int... partitions) {
        joinedLease(lease).revoke(partitions);
    }

    /**
     * Elects or ousts this instance.
     *
     * @throws IllegalArgumentException if the client is not a candidate in the election
     */
    public void setLeader(String election, boolean leads) {
        joinedLeadership(election).setLeader(leads);
    }

    /**
     * Returns a lease that the client has joined.
     *
     * @throws IllegalArgumentException if it has not
     */
    public synchronized FakeLease joinedLease(String name) {
        FakeLease lease = leases.get(name);
        if (lease == null) {
            throw new IllegalArgumentException(
                    "The client has not joined a lease '%s'. It has joined %s. Join it with lease(name, partitions), or set dbleases.leases.%s.partitions."
                            .formatted(name, leases.keySet(), name));
        }
        return lease;
    }

    /**
     * Returns the leadership in an election in which the client is a candidate.
     *
     * @throws IllegalArgumentException if it is not
     */
    public synchronized FakeLeadership joinedLeadership(String name) {
        FakeLeadership leadership = leaderships.get(name);
        if (leadership == null) {
            throw new IllegalArgumentException(
                    "The client is not a candidate in an election '%s'. It is a candidate in %s. Join it with leadership(name), or annotate a method with @LeaderOnly(\"%s\")."
                            .formatted(name, leaderships.keySet(), name));
        }
        return leadership;
    }

    /** Cuts this instance off from the store: no heartbeat succeeds until {@link #reconnect()}. */
    public synchronized void disconnect() {
        if (connected) {
            connected = false;
            lastHeartbeat = session.now();
        }
    }

    /**
     * Moves the clock forward. If the instance is connected, its heartbeats continue. Otherwise, it owns nothing from
     * its trust deadline on, and loses its session when the TTL and the grace have passed.
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("The time must not be negative, but is %s.".formatted(time));
        }
        boolean trusted;
        boolean expired;
        synchronized (this) {
            session.setNow(session.now().plus(time));
            if (connected || stopped) {
                return;
            }
            trusted = sinceHeartbeat().compareTo(TIMING.trust()) < 0;
            expired = isExpired();
        }
        if (!trusted && session.isTrusted()) {
            session.setTrusted(false);
        }
        if (expired) {
            session.expire();
        }
    }

    private boolean isExpired() {
        return sinceHeartbeat().compareTo(TIMING.ttl().plus(TIMING.grace())) >= 0;
    }

    private Duration sinceHeartbeat() {
        return Duration.between(lastHeartbeat, session.now());
    }

    /**
     * Connects this instance to the store again. If it has not lost its session, it owns the same partitions with the
     * same tokens. Otherwise, a new session starts, and a client that {@linkplain #owningEverything() owns everything}
     * is granted everything again.
     */
    public void reconnect() {
        boolean expired;
        synchronized (this) {
            expired = !connected && isExpired();
            connected = true;
            lastHeartbeat = session.now();
            if (stopped) {
                return;
            }
        }
        if (expired) {
            session.lose();
        } else {
            session.setTrusted(true);
        }
        if (expired && ownsEverything && !isDrained()) {
            own();
        }
    }

    private void own() {
        fakeLeases().forEach(FakeLease::grantAll);
        fakeLeaderships().forEach(FakeLeadership::elect);
    }

    private synchronized List<FakeLease> fakeLeases() {
        return leases.values().stream().filter(lease -> !lease.isLeft()).toList();
    }

    private synchronized List<FakeLeadership> fakeLeaderships() {
        return leaderships.values().stream()
                .filter(leadership -> !leadership.isLeft())
                .toList();
    }

    /**
     * Returns to the initial state: the client is started and connected, and owns everything or nothing. Holds on
     * revoked partitions are forgotten. Tokens continue to grow.
     */
    public void reset() {
        synchronized (this) {
            drained = false;
        }
        if (!isClosed()) {
            start();
        }
        reconnect();
        fakeLeases().forEach(FakeLease::dropRevoked);
        fakeLeaderships().forEach(leadership -> {
            leadership.lease().dropRevoked();
            leadership.setOutcomeKnown(true);
        });
        if (ownsEverything) {
            own();
        } else {
            session.lose();
        }
    }

    /**
     * Starts a new session. A client that {@linkplain #owningEverything() owns everything} is granted everything again.
     */
    @Override
    public void start() {
        boolean reachable;
        synchronized (this) {
            checkOpen();
            if (!stopped) {
                return;
            }
            stopped = false;
            reachable = connected;
            lastHeartbeat = session.now();
        }
        session.lose();
        session.setTrusted(reachable);
        if (ownsEverything && !isDrained()) {
            own();
        }
    }

    /** Ends the session. The client keeps its leases and elections, but owns and leads nothing. */
    @Override
    public void stop() {
        synchronized (this) {
            if (stopped || closed) {
                return;
            }
            stopped = true;
        }
        session.expire();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public String clientId() {
        return CLIENT_ID;
    }

    @Override
    public synchronized ClientState state() {
        if (closed) {
            return ClientState.CLOSED;
        }
        if (stopped) {
            return ClientState.STOPPED;
        }
        return session.isTrusted() ? ClientState.ACTIVE : ClientState.SUSPENDED;
    }

    @Override
    public synchronized ClientStatus status() {
        Duration left = connected ? TIMING.trust() : TIMING.trust().minus(sinceHeartbeat());
        return new ClientStatus(
                CLIENT_ID,
                closed || stopped ? OptionalLong.empty() : OptionalLong.of(session.id()),
                state(),
                session.now(),
                TIMING.ttl(),
                TIMING.heartbeat(),
                session.isTrusted() && !left.isNegative() ? left : Duration.ZERO,
                drained,
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public Map<String, Lease> leases(Map<String, Integer> partitions) {
        SortedMap<String, Lease> joined = new TreeMap<>();
        partitions.forEach((name, number) -> joined.put(name, lease(name, number)));
        return Collections.unmodifiableMap(joined);
    }

    @Override
    public FakeLease lease(String name, int partitions) {
        FakeLease lease;
        synchronized (this) {
            checkOpen();
            checkKind(LeaseSpec.partitions(name, partitions), leaderships.get(name), LeaseKind.LEADER);
            FakeLease known = leases.get(name);
            if (known != null && !known.isLeft()) {
                if (known.partitions() != partitions) {
                    throw LeaseConflicts.otherPartitions(LeaseSpec.partitions(name, partitions), known.partitions());
                }
                return known;
            }
            lease = new FakeLease(LeaseSpec.partitions(name, partitions), session);
            leases.put(name, lease);
        }
        if (ownsEverything && !isDrained()) {
            lease.grantAll();
        }
        return lease;
    }

    @Override
    public FakeLeadership leadership(String name) {
        FakeLeadership leadership;
        synchronized (this) {
            checkOpen();
            checkKind(LeaseSpec.leader(name), leases.get(name), LeaseKind.PARTITIONS);
            FakeLeadership known = leaderships.get(name);
            if (known != null && !known.isLeft()) {
                return known;
            }
            leadership = new FakeLeadership(name, session);
            leaderships.put(name, leadership);
        }
        if (ownsEverything && !isDrained()) {
            leadership.elect();
        }
        return leadership;
    }

    private static void checkKind(LeaseSpec requested, @Nullable Object other, LeaseKind kind) {
        if (other != null) {
            throw LeaseConflicts.otherKind(requested, kind);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The client is closed. Create a new one.");
        }
    }

    @Override
    public Collection<Lease> leases() {
        return List.copyOf(fakeLeases());
    }

    @Override
    public Collection<Leadership> leaderships() {
        return List.copyOf(fakeLeaderships());
    }

    /** Returns this instance and another one, which owns and leads everything that this one doesn't. */
    @Override
    public ClusterView cluster() {
        synchronized (this) {
            if (closed || stopped) {
                return new ClusterView(List.of(), new TreeMap<>());
            }
            if (!connected) {
                throw new StoreUnavailableException(
                        "The client is disconnected. Call reconnect() before you read the cluster.");
            }
        }
        SortedMap<String, LeaseView> views = new TreeMap<>();
        fakeLeases().forEach(lease -> views.put(lease.name(), view(lease, LeaseKind.PARTITIONS)));
        fakeLeaderships()
                .forEach(leadership -> views.put(leadership.name(), view(leadership.lease(), LeaseKind.LEADER)));
        return new ClusterView(List.of(session(true), session(false)), views);
    }

    @Override
    public ClusterView cluster(String lease) {
        ClusterView whole = cluster();
        SortedMap<String, LeaseView> asked = new TreeMap<>(whole.leases());
        asked.keySet().removeIf(name -> !name.equals(lease));
        return new ClusterView(whole.sessions(), asked);
    }

    private SessionView session(boolean self) {
        return new SessionView(client(self), id(self), self, 1, session.now(), TIMING.ttl());
    }

    private static String client(boolean self) {
        return self ? CLIENT_ID : FakeLeadership.OTHER_CLIENT;
    }

    private long id(boolean self) {
        return self ? session.id() : session.id() + 1;
    }

    private LeaseView view(FakeLease lease, LeaseKind kind) {
        List<PartitionView> partitions = IntStream.range(0, lease.partitions())
                .mapToObj(partition -> {
                    boolean self = lease.isGranted(partition);
                    long token = lease.token(partition).orElse(0);
                    return new PartitionView(partition, client(self), id(self), null, token, session.now());
                })
                .toList();
        List<MemberView> members =
                List.of(new MemberView(client(true), id(true), 1), new MemberView(client(false), id(false), 1));
        return new LeaseView(lease.name(), kind, members, partitions, true);
    }

    /** Revokes everything, as if it were handed over to the other instance. */
    @Override
    public void drain() {
        synchronized (this) {
            drained = true;
        }
        fakeLeases().forEach(FakeLease::revokeAll);
        fakeLeaderships().forEach(leadership -> leadership.setLeader(false));
    }

    /**
     * Takes part again. A client that {@linkplain #owningEverything() owns everything} is granted everything again,
     * except for partitions and leaderships that are still held.
     */
    @Override
    public void resume() {
        synchronized (this) {
            if (!drained) {
                return;
            }
            drained = false;
        }
        if (ownsEverything) {
            fakeLeases().forEach(FakeLease::grantReleased);
            fakeLeaderships().stream().filter(FakeLeadership::isHandedOver).forEach(FakeLeadership::elect);
        }
    }

    private synchronized boolean isDrained() {
        return drained;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        fakeLeases().forEach(FakeLease::leave);
        fakeLeaderships().forEach(FakeLeadership::leave);
    }
}
