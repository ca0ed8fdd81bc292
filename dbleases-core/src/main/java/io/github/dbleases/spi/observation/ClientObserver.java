package io.github.dbleases.spi.observation;

import io.github.dbleases.LeaseKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Observes what a client does, for metrics. Every method does nothing unless it is overridden.
 *
 * <p>The client never waits for an observer. Its events are queued and delivered one at a time by a thread for listeners,
 * and dropped while more than 1,000 are waiting. {@link #onHold} and {@link #onLeaderCall} are called by the threads that do
 * the work, several at once, and should take nanoseconds. Whatever an observer throws is logged and has no other effect.
 *
 * <p>A lease is named as it was joined: a lease of partitions, or an election.
 */
public interface ClientObserver {

    /** Observes nothing. */
    ClientObserver NONE = new ClientObserver() {};

    /** Called when the client has joined a lease, an election, or the sharing of tasks. */
    default void onJoined(String lease, LeaseKind kind) {}

    /** How a heartbeat ended. */
    enum HeartbeatOutcome {
        /** The session was opened or renewed. */
        RENEWED,
        /** The store replied that the session is over. */
        OVER,
        /** There was no reply in time, or the store refused the request. */
        FAILED
    }

    /** Called after each attempt to open or renew the session. */
    default void onHeartbeat(HeartbeatOutcome outcome, Duration time) {}

    /**
     * Called when a session was opened.
     *
     * @param first whether it is the first one of this client; otherwise the previous session is over
     */
    default void onSessionOpened(boolean first) {}

    /**
     * Called when the trust in the session has returned after the client was suspended.
     *
     * @param suspended the time since the trust deadline, even if the client was paused and noticed later that it had passed
     */
    default void onTrustReturned(Duration suspended) {}

    /** Called when the clock of the store has stepped against the client's own monotonic clock. */
    default void onClockStep() {}

    /**
     * Called when the store has answered in another incarnation than before, which means that it failed over or was restored. The
     * client may hold a session or not.
     */
    default void onIncarnationChanged() {}

    /** Called when the client takes up no grants for a time, because the store has a new incarnation. */
    default void onQuietTime(Duration rest) {}

    /** Why partitions are owned and trusted. */
    enum Assignment {
        /** The store has granted them. */
        GRANTED,
        /** They were granted before, and the trust in the session has returned. */
        TRUSTED_AGAIN
    }

    /** Called when partitions have come to be owned and trusted. */
    default void onAssigned(String lease, LeaseKind kind, Assignment reason, int partitions) {}

    /** Why partitions are no longer owned or trusted. */
    enum Revocation {
        /** They go to another client, because the store asks for that, or this client leaves, resigns, drains or closes. */
        HANDED_OVER,
        /** The trust in the session has lapsed. It can return. */
        SUSPENDED,
        /** The store has them no longer for this session. */
        LOST
    }

    /** Called when partitions are no longer owned or trusted. */
    default void onRevoked(String lease, LeaseKind kind, Revocation reason, int partitions) {}

    /** A phase of a hand-over. */
    enum HandOverPhase {
        /** From when a partition left the view until listeners had returned and all holds were closed. */
        DRAIN,
        /** From then until the store had given the partition to the next owner. */
        TRANSFER
    }

    /** Called when partitions have completed a phase of their hand-over. */
    default void onHandOver(String lease, HandOverPhase phase, List<Duration> times) {}

    /** Called when partitions of a dead session have been granted to others, by the client that has marked it dead. */
    default void onOrphansAssigned(String lease, Duration sinceExpiry) {}

    /** Called when a partition or a leadership is held. */
    default HoldActivity onHold(String lease) {
        return HoldActivity.NONE;
    }

    /** An open hold. Its methods can be called by different threads. */
    interface HoldActivity {

        HoldActivity NONE = new HoldActivity() {};

        /** Called at most once, when the hold is found to have outlived the trust or the ownership. */
        default void untrusted() {}

        /** Called at most once, when the hold has exceeded its {@link io.github.dbleases.WorkDeadline} and is still open. */
        default void overdue() {}

        /** Called once, when the hold is closed. */
        default void closed() {}
    }

    /** A method of a listener. */
    enum Callback {
        ASSIGNED,
        REVOKED,
        FAILED
    }

    /** Called when a listener to a lease or a leadership has returned. */
    default void onListenerReturned(Callback callback, Duration time) {}

    /** How a call that only the leader runs has ended. */
    enum CallOutcome {
        /** The call was run, and this client led until its end. */
        RUN,
        /** The call was not run, because this client does not lead. */
        SKIPPED,
        /** The call has thrown an exception. */
        ERROR,
        /** The call was run, but this client did not lead until its end. */
        LOST
    }

    /** Called after a call that only the leader runs. */
    default void onLeaderCall(String election, CallOutcome outcome, Duration time) {}

    /** Called after each request to the store except for heartbeats. */
    default void onOperation(StoreOperation operation, boolean success, Duration time) {}

    /** A request to the store. */
    enum StoreOperation {
        /** Reads what the session owns. */
        HOLDINGS,
        /** Reads the neighbor's session. */
        NEIGHBOR,
        /** Marks a session dead. */
        MARK_DEAD,
        /** Changes leases under their locks. */
        TRANSACT,
        /** Reads the state of a lease, without its partitions. */
        LEASE,
        /** Reads the cluster or a part of it. */
        CLUSTER,
        /** Deletes dead sessions. */
        PURGE,
        /** Reads the history. */
        HISTORY,
        /** Deletes old events of the history. */
        TRIM_HISTORY
    }

    /** Called when this client has audited the cluster. */
    default void onAudit(Audit audit) {}

    /**
     * The cluster, as the client that audits has read it.
     *
     * @param sessions the number of live sessions, including expired ones
     * @param expired the number of sessions that have expired and are not marked dead yet
     * @param leases the leases by name
     * @param validFor how long to rely on this: another client may audit from then on
     */
    record Audit(int sessions, int expired, Map<String, AuditedLease> leases, Duration validFor) {}

    /**
     * A lease, as the client that audits has read it.
     *
     * @param unassigned the number of partitions without a live owner
     * @param moving the number of partitions that their owners are asked to hand over
     * @param balanced whether every member has its fair share
     * @param quota the fair share of a member of weight 1, before rounding; 0 without members
     */
    record AuditedLease(int unassigned, int moving, boolean balanced, double quota) {}
}
