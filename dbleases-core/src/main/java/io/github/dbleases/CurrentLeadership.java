package io.github.dbleases;

import io.github.dbleases.internal.LeadershipScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The leadership under which the current code runs, because it was called through {@link LeaderOnly},
 * {@link Leadership#runIfLeader} or {@link Leadership#callIfLeader}. It gives a method its fencing token, and tells whether it
 * may continue, without an injected bean.
 *
 * <p>The current leadership belongs to the thread, but an instance can be passed to other threads. It is no longer trusted
 * after the call has ended.
 */
public final class CurrentLeadership {

    private final String name;
    private final Hold hold;

    private CurrentLeadership(LeadershipScope scope) {
        this.name = scope.name();
        this.hold = scope.hold();
    }

    /** Returns the leadership of the innermost call on this thread; empty outside of such calls. */
    public static Optional<CurrentLeadership> get() {
        return Optional.ofNullable(LeadershipScope.innermost()).map(CurrentLeadership::new);
    }

    /** Returns the leadership with a name under which this thread runs, in the innermost call or an outer one. */
    public static Optional<CurrentLeadership> get(String name) {
        @Nullable LeadershipScope scope = LeadershipScope.innermost();
        while (scope != null && !scope.name().equals(name)) {
            scope = scope.outer();
        }
        return Optional.ofNullable(scope).map(CurrentLeadership::new);
    }

    /** Makes this leadership the current one of this thread, so that another thread can do a part of the work. */
    public Scope enter() {
        return LeadershipScope.enter(name, hold)::close;
    }

    /** Returns the name of the election. */
    public String name() {
        return name;
    }

    /** Returns the fencing token with which the running method was called. */
    public long token() {
        return hold.token();
    }

    /**
     * Returns whether this instance still leads, and the call has not ended. This is a local check. If the result is false,
     * another instance may lead: stop before the next effect that others can see.
     */
    public boolean isTrusted() {
        return hold.isTrusted();
    }

    /**
     * Lets a transaction commit only if this instance still leads with this token, and the call has not ended. See
     * {@link Hold#fence}.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction
     * @throws OwnershipLostException if this instance no longer leads: roll back
     * @throws InvalidFenceException if the transaction cannot be protected
     * @throws SQLException if the database fails: roll back
     */
    public void fence(Connection transaction) throws SQLException {
        hold.fence(transaction);
    }

    @Override
    public String toString() {
        return "CurrentLeadership[%s, token %d]".formatted(name, token());
    }

    /**
     * The scope in which a leadership is the current one of a thread. The thread that entered it must close it, the innermost
     * scope first.
     */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {

        @Override
        void close();
    }
}
