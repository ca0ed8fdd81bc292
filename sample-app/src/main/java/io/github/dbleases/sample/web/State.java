package io.github.dbleases.sample.web;

import io.github.dbleases.sample.emails.EmailVerdict;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.orders.Verdict;
import io.github.dbleases.sample.reports.Report;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows: the state as one instance knows it at one moment.
 *
 * @param servedBy the instance that answers
 * @param problem why parts are missing, or null
 * @param ttlMillis how long a session lives without a heartbeat
 * @param orders the progress of the work, null if the database does not answer
 * @param emails the progress of the mailing, null if the database does not answer
 * @param instances the instances by name, then the sessions of other applications
 * @param leases the lease of the orders, then the others by name
 * @param reports the instance that writes the sales reports, and the latest reports
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
     * The progress of the work.
     *
     * @param imported whether the import has finished
     * @param total the number of imported and added orders
     * @param done how many of them are done
     * @param perSecond how many are done per second, over the last few seconds
     */
    record Orders(boolean imported, long total, long done, double perSecond) {}

    /**
     * The progress of the mailing.
     *
     * @param sent how many were sent
     * @param perSecond how many are sent per second, over the last few seconds
     * @param outbox what is left to send
     * @param ownerless how many emails in the outbox still have the id of a session that is over
     * @param verdict the latest comparison of the orders with the sent emails, null before the first
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
        /**
         * Its process runs but has not registered its session yet. That of an earlier process may still have to expire.
         */
        STARTING,
        /** It has no live session: it is stopped or cut off, or was killed without a launcher that could notice. */
        SILENT,
        /** Its process has ended; its session may still have to expire. */
        ENDED
    }

    /**
     * An instance of this application, or a session of another application.
     *
     * @param name for people
     * @param status what it is doing
     * @param port of its page, null for a session of another application
     * @param session its session if that is live, or null
     * @param expiresInMillis the time until the session expires without a heartbeat
     * @param owned how many partitions of the orders it owns
     * @param done how many orders it has done
     * @param perSecond how many it does per second, over the last few seconds
     * @param emails its part in the mailing
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
     * The part of an instance in the mailing.
     *
     * @param held how many emails its session holds
     * @param sent how many it has sent
     * @param perSecond how many it sends per second, over the last few seconds
     */
    record Sending(long held, long sent, double perSecond) {}

    /**
     * A lease.
     *
     * @param name its name
     * @param balanced whether every member has its fair share
     * @param partitions by ascending number; empty for a lease with too many to show
     * @param size how many partitions it has
     */
    record LeaseState(String name, boolean balanced, int size, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partition its number
     * @param session the live session that owns it, or null
     * @param pending the live session that it is being handed over to, or null
     * @param waiting how many of its orders are waiting
     */
    record Partition(
            int partition, @Nullable Long session, @Nullable Long pending, int waiting) {}

    /**
     * The sales reports.
     *
     * @param leader the leader, which writes them; null if there is none
     * @param latest the latest ones, the last one first; empty if the database does not answer
     */
    record Reports(@Nullable Writer leader, List<Report> latest) {}

    /**
     * The leader.
     *
     * @param client the name of its client
     * @param session its session, which may still have to expire
     * @param token its fencing token
     * @param since when it was elected, null if the database does not answer
     */
    record Writer(
            String client,
            long session,
            long token,
            @Nullable Instant since) {}
}
