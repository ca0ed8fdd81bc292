package io.github.dbleases.sample.web;

import io.github.dbleases.sample.emails.EmailVerdict;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.orders.Verdict;
import io.github.dbleases.sample.reports.Report;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows, as one instance knows it at one moment.
 *
 * @param servedBy the instance that answers
 * @param problem why parts are missing, or null
 * @param ttlMillis how long a session lives without a heartbeat
 * @param orders how far the work has come, null when the database does not answer
 * @param emails how far the sending has come, null when the database does not answer
 * @param instances in the order of their names, then sessions of others
 * @param leases the lease of the orders first, then others by name
 * @param reports who writes the sales reports, and the latest ones
 * @param verdict the latest comparison of the balances, null before the first
 */
record State(
        String servedBy,
        @Nullable String problem,
        long ttlMillis,
        @Nullable Orders orders,
        @Nullable Emails emails,
        List<Instance> instances,
        List<LeaseState> leases,
        Reports reports,
        @Nullable Verdict verdict) {

    /**
     * How far the work has come.
     *
     * @param imported whether the import has finished
     * @param total imported and added orders
     * @param done those that are done
     * @param perSecond done per second in the last seconds
     */
    record Orders(boolean imported, long total, long done, double perSecond) {}

    /**
     * How far the sending of emails has come.
     *
     * @param sent how many were sent
     * @param perSecond sent per second in the last seconds
     * @param outbox what is left to send
     * @param ownerless how many emails of the outbox still have the mark of a session that is over
     * @param verdict the latest comparison of the orders with what was sent, null before the first
     */
    record Emails(
            long sent,
            double perSecond,
            Mailing.Outbox outbox,
            long ownerless,
            @Nullable EmailVerdict verdict) {}

    /** What an instance is doing, as far as others can tell. */
    enum Status {
        /** It has a live session. */
        ACTIVE,
        /** Its process is there but has not told its session yet; that of an earlier process may still have to expire. */
        STARTING,
        /** It has no live session: it is stopped or cut off, or was killed where no launcher could see it. */
        SILENT,
        /** Its process has ended; its session may still have to expire. */
        ENDED
    }

    /**
     * An instance of this application, or the session of something else that takes part.
     *
     * @param name for people
     * @param status what it is doing
     * @param port of its page, null for a session of something else
     * @param session its session while that is live, or null
     * @param expiresInMillis the time until the session expires without a heartbeat
     * @param owned how many partitions of the orders it owns
     * @param done how many orders it has done
     * @param perSecond how many it does per second, in the last seconds
     * @param emails what it does for the emails
     * @param startable whether the launcher can start it again
     */
    record Instance(
            String name,
            Status status,
            @Nullable Integer port,
            @Nullable Long session,
            long expiresInMillis,
            long owned,
            long done,
            double perSecond,
            Sending emails,
            boolean startable) {}

    /**
     * What an instance does for the emails.
     *
     * @param held how many emails its session holds
     * @param sent how many it has sent
     * @param perSecond how many it sends per second, in the last seconds
     */
    record Sending(long held, long sent, double perSecond) {}

    /**
     * A lease.
     *
     * @param name its name
     * @param balanced whether every member has its fair share
     * @param partitions in the order of their numbers; empty for a lease with too many to be shown
     * @param size how many partitions it has
     */
    record LeaseState(String name, boolean balanced, int size, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partition its number
     * @param session the live session that owns it, or null
     * @param pending the live session that it is being handed over to, or null
     * @param waiting how many orders in it wait
     */
    record Partition(
            int partition, @Nullable Long session, @Nullable Long pending, int waiting) {}

    /**
     * The sales reports.
     *
     * @param leader who leads and so writes them; null when nobody does
     * @param latest the latest ones, the last one first; empty when the database does not answer
     */
    record Reports(@Nullable Writer leader, List<Report> latest) {}

    /**
     * The leader.
     *
     * @param client the name of its client
     * @param session its session, which may have to expire still
     * @param token its fencing token
     * @param since when it was elected, null when the database does not answer
     */
    record Writer(
            String client,
            long session,
            long token,
            @Nullable Instant since) {}
}
