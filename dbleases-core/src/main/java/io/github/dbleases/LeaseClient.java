package io.github.dbleases;

import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.observation.ClientObserver;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A participant: it has a session, joins leases, and owns a fair share of their partitions for as long as the session is
 * trusted. An application needs one client for all its leases and threads.
 *
 * <pre>{@code
 * LeaseClient client = LeaseClient.builder(new PostgresLeaseStore(dataSource)).start();
 * Lease orders = client.lease("orders", 128);
 * }</pre>
 *
 * <p>A client never gives up. While it cannot reach the store it owns nothing ({@link ClientState#SUSPENDED}) and keeps
 * trying. When the store is back, it renews its session or opens a new one, and joins its leases again.
 *
 * <p>A client can be {@linkplain #stop() stopped} and {@linkplain #start() started} any number of times. Its {@link Lease}
 * and {@link Leadership} objects and their listeners stay: while the client is stopped they own nothing, and after the next
 * start they are joined again in a new session, which trusts nothing that an earlier one was granted.
 *
 * <p>All threads of a client are daemons. A client therefore does not keep the JVM alive: keep a thread of your own
 * running until you close it. A Spring Boot application needs no such thread.
 *
 * <p>All methods may be called from any thread.
 */
public interface LeaseClient extends AutoCloseable {

    /**
     * Returns a builder for a client.
     *
     * @param store where leases are kept, for example a {@code PostgresLeaseStore}
     */
    static Builder builder(LeaseStore store) {
        return new Builder(store);
    }

    /** Returns the name of this client. It is meant for people, so two clients may have the same name. */
    String clientId();

    /**
     * Opens a session and joins all leases and elections of this client. Waits until they are joined, or until the first
     * attempt to open a session has failed. If it has failed, the client is in the state {@link ClientState#STARTING} and
     * keeps trying.
     *
     * <p>Starting a client that is started has no effect. A client that is being stopped starts again once it has stopped. If
     * the caller is a listener of this client, this method does not wait.
     *
     * @throws StoreUnusableException if the store answers but cannot be used; the client is stopped again
     * @throws LeaseConflictException if a lease cannot be joined, see {@link #lease}; the client is stopped again
     * @throws IllegalStateException if this client is closed
     */
    void start();

    /** Returns the state of this client. This is a local check. */
    ClientState state();

    /** Returns the client's own view of its session. It is available even if the database does not answer. */
    ClientStatus status();

    /**
     * Joins a lease and returns it. Later calls with the same name return the same {@code Lease}.
     *
     * <p>The time to join is bounded. If the database does not answer, the lease is returned nevertheless. It owns nothing
     * until the client can join it. If the client is stopped, it joins the lease at its next start.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}
     * @param partitions the number of partitions of the lease, 1 to 100,000
     * @throws InvalidLeaseException if the name or the number of partitions is outside its limits
     * @throws LeaseConflictException if the lease has live members with another number of partitions, or if the name belongs
     *     to another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    Lease lease(String name, int partitions);

    /**
     * Joins many leases together, and returns them by name. Each is as {@link #lease} returns it, but joining all of them takes
     * few transactions. The leases that are declared before {@link #start} are joined together as well.
     *
     * @param partitions the number of partitions of each lease by its name, with the limits of {@link #lease}
     * @throws InvalidLeaseException if a name or a number of partitions is outside its limits; then no lease is joined
     * @throws LeaseConflictException as for {@link #lease}; the other leases are joined nevertheless
     * @throws IllegalStateException if this client is closed
     */
    Map<String, Lease> leases(Map<String, Integer> partitions);

    /** Returns the leases that this client takes part in, in the order of their names. */
    Collection<Lease> leases();

    /**
     * Becomes a candidate in a leader election and returns it. Later calls with the same name return the same
     * {@code Leadership}.
     *
     * <p>As for a lease, the time to join is bounded.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}; leases and elections share one namespace
     * @throws InvalidLeaseException if the name is outside its limits
     * @throws LeaseConflictException if the name belongs to another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    Leadership leadership(String name);

    /** Returns the elections in which this client is a candidate, in the order of their names. */
    Collection<Leadership> leaderships();

    /**
     * Reads all members and what each of them owns, with one query. The view of a client that is stopped or closed is empty.
     *
     * @throws StoreUnavailableException if the database does not answer in time
     */
    ClusterView cluster();

    /**
     * Reads the history of the cluster, newest first, with one query: which sessions were opened, ended and marked dead, what
     * moved where and why, and who led.
     *
     * @throws HistoryUnavailableException if the store keeps no history, or if it is switched off
     * @throws StoreUnavailableException if the database does not answer in time
     */
    default List<HistoryEvent> history(HistoryQuery query) {
        throw new HistoryUnavailableException(
                "%s keeps no history.".formatted(getClass().getSimpleName()),
                "Ask a client that was started on a store.");
    }

    /**
     * Returns operations on the whole cluster, such as to move a partition.
     *
     * @throws UnsupportedOperationException if this client has no store, such as one that a test controls
     */
    default LeaseAdministration administration() {
        throw new UnsupportedOperationException(
                "%s has no operations on a cluster.".formatted(getClass().getSimpleName()));
    }

    /**
     * Reads the members of one lease or election and what each of them owns, with one query. If the lease does not exist, the
     * view does not contain it. The view of a client that is stopped or closed is empty.
     *
     * @throws StoreUnavailableException if the database does not answer in time
     */
    ClusterView cluster(String lease);

    /**
     * Hands over everything, and stands by until {@link #resume()} is called. The client keeps its session, but it gets no
     * share: its partitions and leaderships go to the other clients as soon as its listeners have returned and its holds are
     * closed, and its task runners release the tasks that they have not begun. If all clients stand by, the partitions have
     * no owner.
     *
     * <p>This method returns at once, whether or not the store can be reached. A client that is stopped stands by after its
     * next start. Draining a drained client has no effect.
     */
    void drain();

    /** Takes part again after {@link #drain()}, and gets a fair share. Has no effect on a client that does not stand by. */
    void resume();

    /**
     * Stops the client. It calls the listeners, waits for holds and task runners up to the drain timeout, hands its
     * partitions over to the other members, and ends its session, its threads and its connections. Partitions that are still
     * held after the drain timeout are not released. They expire with the session, and so do the tasks of a runner that is
     * still working then. Stopping a stopped client has no effect.
     *
     * <p>The client keeps its leases and elections, and joins them again at the next start. A partition that is still held
     * from before is taken up again only when that hold is closed. A task runner ends with its client. Start it again after
     * the client.
     *
     * <p>If the caller is a listener of this client, or if the calling thread is interrupted, this method does not wait, and
     * the client continues to stop in the background.
     */
    void stop();

    /** Stops the client for good, as {@link #stop} does, and leaves all leases. Closing a closed client has no effect. */
    @Override
    void close();

    /**
     * Sets up a {@link LeaseClient}. Each setting has a default. Not safe for use by several threads.
     */
    final class Builder {

        private final LeaseStore store;
        private LeaseClientConfig.Builder config = LeaseClientConfig.builder();
        private LeaseEventListener listener = event -> {};
        private ClientObserver observer = ClientObserver.NONE;

        private Builder(LeaseStore store) {
            this.store = Objects.requireNonNull(store, "store");
        }

        /** Replaces all settings that were made before. */
        public Builder config(LeaseClientConfig config) {
            this.config = config.toBuilder();
            return this;
        }

        /** Sets the name of the client, for people: 1 to 200 characters. Default: {@code <host>:<pid>}. */
        public Builder clientId(String clientId) {
            config.clientId(clientId);
            return this;
        }

        /** Sets the client's share of partitions relative to the other clients, 1 to 1,000. Default: 1. */
        public Builder weight(int weight) {
            config.weight(weight);
            return this;
        }

        /** Sets how long a session lives without a heartbeat; all other times follow from it. Default: 6 s. */
        public Builder ttl(Duration ttl) {
            return timing(Timing.of(ttl));
        }

        /** Sets all times that safety depends on. Default: {@link Timing#DEFAULT}. */
        public Builder timing(Timing timing) {
            config.timing(timing);
            return this;
        }

        /** Sets how long balancing waits after a member has joined or left, 0 to 24 h. Default: 1 s. */
        public Builder debounce(Duration debounce) {
            config.debounce(debounce);
            return this;
        }

        /** Sets how long stopping and leaving wait for listeners and holds, 0 to 24 h. Default: 30 s. */
        public Builder drainTimeout(Duration drainTimeout) {
            config.drainTimeout(drainTimeout);
            return this;
        }

        /** Sets whether leaderships are balanced over the candidates; must be the same for all clients. Default: false. */
        public Builder balanceLeaderships(boolean balanceLeaderships) {
            config.balanceLeaderships(balanceLeaderships);
            return this;
        }

        /** Sets a listener for everything that happens to the client. Default: none. */
        public Builder listener(LeaseEventListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Sets an observer of what the client does, for metrics. Default: none. */
        public Builder observer(ClientObserver observer) {
            this.observer = Objects.requireNonNull(observer, "observer");
            return this;
        }

        /**
         * Returns a client that is not started.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         */
        public LeaseClient build() {
            return LeaseClients.create(config.build(), () -> store, listener, observer);
        }

        /**
         * Starts a client, and waits until it has opened its session or the first attempt has failed. If the attempt has
         * failed, the client is returned in the state {@link ClientState#STARTING} and keeps trying.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         * @throws StoreUnusableException if the store answers but cannot be used, for example because a table is missing
         */
        public LeaseClient start() {
            LeaseClient client = build();
            client.start();
            return client;
        }
    }
}
