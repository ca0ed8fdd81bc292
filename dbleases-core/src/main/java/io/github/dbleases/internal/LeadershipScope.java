package io.github.dbleases.internal;

import io.github.dbleases.Hold;
import org.jspecify.annotations.Nullable;

/**
 * The part of a thread's work that it does for a leadership. Scopes of a thread are nested; the thread that entered a scope
 * closes it, innermost first, and the hold after that.
 */
public final class LeadershipScope implements AutoCloseable {

    private static final ThreadLocal<@Nullable LeadershipScope> INNERMOST = new ThreadLocal<>();

    private final String name;
    private final Hold hold;
    private final @Nullable LeadershipScope outer;

    private LeadershipScope(String name, Hold hold, @Nullable LeadershipScope outer) {
        this.name = name;
        this.hold = hold;
        this.outer = outer;
    }

    /**
     * Enters a scope.
     *
     * @param name the name of the election
     * @param hold the hold on the leadership
     */
    public static LeadershipScope enter(String name, Hold hold) {
        LeadershipScope entered = new LeadershipScope(name, hold, INNERMOST.get());
        INNERMOST.set(entered);
        return entered;
    }

    /** Returns the innermost scope of this thread, or null if there is none. */
    public static @Nullable LeadershipScope innermost() {
        return INNERMOST.get();
    }

    /** Returns the name of the election. */
    public String name() {
        return name;
    }

    /** Returns the hold on the leadership. */
    public Hold hold() {
        return hold;
    }

    /** Returns the scope in which this one was entered, or null. */
    public @Nullable LeadershipScope outer() {
        return outer;
    }

    @Override
    public void close() {
        INNERMOST.set(outer);
    }
}
