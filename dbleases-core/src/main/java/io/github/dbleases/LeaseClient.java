package io.github.dbleases;

import java.util.Collection;

/**
 * One run of an application instance as a participant: it has a session, joins leases and owns a fair share of their
 * partitions for as long as the session is trusted.
 *
 * <p>A client never gives up. While the database cannot be reached it owns nothing ({@link ClientState#FENCED}) and goes
 * on trying; when the database is back, it renews its session or opens a new one and joins its leases again.
 *
 * <p>All threads of a client are daemons. A client therefore does not keep the JVM alive: keep a thread of your own
 * running until you close it. In a Spring Boot application this is done for you.
 *
 * <p>All methods may be called from any thread.
 */
public interface LeaseClient extends AutoCloseable {

    /** Returns the name of this client, which is for people: two clients may have the same one. */
    String clientId();

    /** Returns what this client can do at this moment; a local check. */
    ClientState state();

    /** Returns the client's own view of its session; a local check that is answered without the database. */
    ClientStatus status();

    /**
     * Joins a lease and returns it. The same name again gives the same {@code Lease}.
     *
     * <p>Joining is bounded: when the database does not answer, the lease is returned all the same, owns nothing, and is
     * joined once the database is there.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}
     * @param partitions how many partitions the lease has, 1 to 100,000
     * @throws InvalidLeaseException if the name or the number of partitions is outside its limits
     * @throws LeaseConflictException if the lease exists with another number of partitions while it has a live member,
     *     or if the name is that of another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    Lease lease(String name, int partitions);

    /** Returns the leases that this client takes part in, in the order of their names. */
    Collection<Lease> leases();

    /**
     * Becomes a candidate in a leader election and returns it. The same name again gives the same {@code Leadership}.
     *
     * <p>Joining is bounded as that of a lease.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}; leases and elections share one namespace
     * @throws InvalidLeaseException if the name is outside its limits
     * @throws LeaseConflictException if the name is that of another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    Leadership leadership(String name);

    /** Returns the elections in which this client is a candidate, in the order of their names. */
    Collection<Leadership> leaderships();

    /**
     * Takes part in the sharing of tasks and returns that part. The same name again gives the same {@code TaskSession}.
     *
     * <p>Joining is bounded as that of a lease.
     *
     * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}; all kinds of leases share one namespace
     * @throws InvalidLeaseException if the name is outside its limits
     * @throws LeaseConflictException if the name is that of another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    TaskSession taskSession(String name);

    /** Returns the parts that this client has in the sharing of tasks, in the order of their names. */
    Collection<TaskSession> taskSessions();

    /**
     * Reads who takes part and who owns what, with one query.
     *
     * @throws StoreUnavailableException if the database does not answer in time
     */
    ClusterView cluster();

    /**
     * Reads who takes part in one lease or election and who owns what of it, with one query; a lease that does not exist
     * is not in the view.
     *
     * @throws StoreUnavailableException if the database does not answer in time
     */
    ClusterView cluster(String lease);

    /**
     * Takes up no new grants from now on and asks for no more; what is owned stays owned until the client is closed. Task
     * sessions have no id any more and their listeners are told. To be called when the application begins to shut down.
     */
    void retire();

    /**
     * Stops taking part: listeners are told, holds and task sessions that have not been left are waited for (up to the
     * drain timeout), the partitions go to the other members and the session ends. Partitions still held after the drain
     * timeout are not released but left to expire with the session, and so are the tasks of a task session that has not
     * been left by then. Closing again does nothing.
     *
     * <p>A listener of this client, whose own return is waited for, does not wait, nor does an interrupted caller; the
     * closing then goes on without them.
     */
    @Override
    void close();
}
