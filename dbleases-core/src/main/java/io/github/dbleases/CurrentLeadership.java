package io.github.dbleases;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The leadership under which the running code was called: by {@link LeaderOnly}, {@link Leadership#runIfLeader} or
 * {@link Leadership#callIfLeader}. It tells a method its fencing token, and whether it may go on, without an injected
 * bean.
 *
 * <p>It belongs to the thread. An instance that was obtained may be used by other threads; what is outside of the call
 * has no current leadership. After the call has ended it is not trusted any more.
 */
public final class CurrentLeadership {

    private static final ThreadLocal<@Nullable Scope> SCOPE = new ThreadLocal<>();

    private final String name;
    private final Hold hold;

    private CurrentLeadership(String name, Hold hold) {
        this.name = name;
        this.hold = hold;
    }

    /** Returns the leadership of the innermost call that this thread is in; empty outside of such calls. */
    public static Optional<CurrentLeadership> get() {
        Scope scope = SCOPE.get();
        return scope == null ? Optional.empty() : Optional.of(scope.leadership());
    }

    /** Returns a leadership under which this thread runs, that of an outer call included. */
    public static Optional<CurrentLeadership> get(String name) {
        Scope scope = SCOPE.get();
        while (scope != null && !scope.name.equals(name)) {
            scope = scope.outer;
        }
        return scope == null ? Optional.empty() : Optional.of(scope.leadership());
    }

    /**
     * Makes a hold on a leadership the current one of this thread. It is for what calls a method on behalf of the leader,
     * such as an interceptor; the caller closes the hold after the scope.
     *
     * @param name the name of the election
     */
    public static Scope enter(String name, Hold hold) {
        return new Scope(name, hold, SCOPE.get());
    }

    /** Makes this leadership the current one of this thread, for a part of the work that is done in another thread. */
    public Scope enter() {
        return enter(name, hold);
    }

    /** Returns the name of the election. */
    public String name() {
        return name;
    }

    /** Returns the fencing token under which the running method was called. */
    public long token() {
        return hold.token();
    }

    /**
     * Returns whether this instance still leads, and the call has not ended; a local check. When it does not, another
     * instance may lead: stop before the next effect that others can see.
     */
    public boolean isTrusted() {
        return hold.isTrusted();
    }

    @Override
    public String toString() {
        return "CurrentLeadership[%s, token %d]".formatted(name, token());
    }

    /** For how long a leadership is the current one. To be closed by the thread that entered, innermost first. */
    public static final class Scope implements AutoCloseable {

        private final String name;
        private final Hold hold;
        private final @Nullable Scope outer;

        private Scope(String name, Hold hold, @Nullable Scope outer) {
            this.name = name;
            this.hold = hold;
            this.outer = outer;
            SCOPE.set(this);
        }

        private CurrentLeadership leadership() {
            return new CurrentLeadership(name, hold);
        }

        @Override
        public void close() {
            SCOPE.set(outer);
        }
    }
}
