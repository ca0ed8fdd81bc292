package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Trust.Moment;
import io.github.dbleases.spi.Incarnation;
import java.util.OptionalLong;

/** The current session of a client. */
final class Session {

    private final long id;
    private final ClockGuard guard;
    private Incarnation incarnation;
    private boolean confirmed = true;
    private boolean joined;
    private Moment lastSent;
    private OptionalLong appliedInbox = OptionalLong.empty();

    Session(long id, ClockGuard guard, Incarnation incarnation, Moment lastSent) {
        this.id = id;
        this.guard = guard;
        this.incarnation = incarnation;
        this.lastSent = lastSent;
    }

    long id() {
        return id;
    }

    ClockGuard guard() {
        return guard;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /**
     * Called when the store has a new incarnation. What the session owns has to be confirmed, and the session may no
     * longer be a member of its leases. Allocates nothing, because it must succeed without a heap.
     */
    void leaveIncarnation() {
        confirmed = false;
        joined = false;
        appliedInbox = OptionalLong.empty();
    }

    /** Called when the change to a new incarnation has been handled. */
    void enter(Incarnation next) {
        incarnation = next;
    }

    /** Returns whether the joins of all leases have been requested in the current incarnation. */
    boolean isJoined() {
        return joined;
    }

    void joined() {
        joined = true;
    }

    /** Returns whether what the session owns has been read in the current incarnation. */
    boolean isConfirmed() {
        return confirmed;
    }

    void confirm() {
        confirmed = true;
    }

    /** Returns when the last heartbeat that was answered was sent. */
    Moment lastSent() {
        return lastSent;
    }

    void sent(Moment moment) {
        lastSent = moment;
    }

    /** Returns whether the inbox differs from the one that this client applied last. */
    boolean hasNews(long inbox) {
        return appliedInbox.isEmpty() || appliedInbox.getAsLong() != inbox;
    }

    /** Forgets the applied inbox, so that the next heartbeat brings news. */
    void forgetApplied() {
        appliedInbox = OptionalLong.empty();
    }

    void applied(long inbox) {
        appliedInbox = OptionalLong.of(inbox);
    }
}
