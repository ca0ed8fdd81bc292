package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Trust.Moment;
import io.github.dbleases.spi.Incarnation;
import java.util.OptionalLong;

/** What a client knows of its current session. */
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
     * The store has a new incarnation, which has to confirm what the session owns, and in which the session may not be a
     * member of its leases any more. Allocates nothing: it must succeed without a heap.
     */
    void leaveIncarnation() {
        confirmed = false;
        joined = false;
        appliedInbox = OptionalLong.empty();
    }

    /** All that has to follow from the new incarnation has followed. */
    void enter(Incarnation next) {
        incarnation = next;
    }

    /** Returns whether the session was asked to join all leases in the current incarnation. */
    boolean isJoined() {
        return joined;
    }

    void joined() {
        joined = true;
    }

    /** Returns whether what the session owns was read in the current incarnation. */
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

    /** Returns whether the store has news that this client has not applied. */
    boolean hasNews(long inbox) {
        return appliedInbox.isEmpty() || appliedInbox.getAsLong() != inbox;
    }

    /** Forgets what was applied, so that the next heartbeat has news. */
    void forgetApplied() {
        appliedInbox = OptionalLong.empty();
    }

    void applied(long inbox) {
        appliedInbox = OptionalLong.of(inbox);
    }
}
