package io.github.dbleases;

import io.github.dbleases.internal.LeadershipScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The leadership for which the running code was called: by {@link LeaderOnly}, {@link Leadership#runIfLeader} or
 * {@link Leadership#callIfLeader}. It tells a method its fencing token, and whether it may go on, without an injected bean.
 *
 * <p>It belongs to the thread. Other threads may use an instance that they are given. After the call has ended it is not
 * trusted any more.
 */
public final class CurrentLeadership {

    private final String name;
    private final Hold hold;

    private CurrentLeadership(LeadershipScope scope) {
        this.name = scope.name();
        this.hold = scope.hold();
    }

    /** Returns the leadership of the innermost call that this thread is in; empty outside of such calls. */
    public static Optional<CurrentLeadership> get() {
        return Optional.ofNullable(LeadershipScope.innermost()).map(CurrentLeadership::new);
    }

    /** Returns the leadership of that name for which this thread works, in the innermost call or in an outer one. */
    public static Optional<CurrentLeadership> get(String name) {
        @Nullable LeadershipScope scope = LeadershipScope.innermost();
        while (scope != null && !scope.name().equals(name)) {
            scope = scope.outer();
        }
        return Optional.ofNullable(scope).map(CurrentLeadership::new);
    }

    /** Makes this leadership the current one of this thread, for a part of the work that is done in another thread. */
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
     * Returns whether this instance still leads, and the call has not ended; a local check. If not, another instance may
     * lead: stop before the next effect that others can see.
     */
    public boolean isTrusted() {
        return hold.isTrusted();
    }

    /**
     * Lets a transaction commit only while this instance still leads with this token, and the call has not ended; see
     * {@link Hold#fence}.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction
     * @throws OwnershipLostException if this instance does not lead any more: roll back
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
     * The time for which a leadership is the current one of a thread. The thread that entered closes it, innermost first.
     */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {

        @Override
        void close();
    }
}
