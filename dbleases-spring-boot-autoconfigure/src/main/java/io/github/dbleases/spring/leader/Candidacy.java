package io.github.dbleases.spring.leader;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The part that this application takes in one election on behalf of its methods. Until it has begun and after it has
 * ended, nothing is led. May be used by any thread.
 */
final class Candidacy {

    private final Interruptions interruptions = new Interruptions();
    private final Set<String> methods = new TreeSet<>();
    private volatile @Nullable Leadership leadership;
    private volatile boolean ended;

    /** Notes a method whose calls depend on it. */
    synchronized void addMethod(String method) {
        methods.add(method);
    }

    /** Returns the methods, for messages. */
    synchronized List<String> methods() {
        return List.copyOf(methods);
    }

    /** Takes part. Has an effect once. */
    synchronized void begin(Leadership joined) {
        if (leadership == null) {
            joined.addListener(interruptions);
            leadership = joined;
        }
    }

    boolean hasBegun() {
        return leadership != null;
    }

    /** Lets no more calls begin. */
    void end() {
        ended = true;
    }

    @Nullable
    Leadership leadership() {
        return leadership;
    }

    /** Returns a hold for a call that begins, null if the call must not. */
    @Nullable
    Hold tryHold() {
        return ended ? null : tryHoldOfInnerCall();
    }

    /** Returns a hold for a part of a call that has begun already, which may go on while the application ends. */
    @Nullable
    Hold tryHoldOfInnerCall() {
        Leadership joined = leadership;
        return joined == null ? null : joined.tryHold().orElse(null);
    }

    /** Interrupts this thread when the leadership under a token is lost, from now on until the call has ended. */
    Interruptions.Running interruptFromNowOn(long token) {
        return interruptions.begin(token, this);
    }

    /** Returns whether the leadership is not the one of a token any more. */
    boolean isLost(long token) {
        Leadership joined = leadership;
        return joined == null || joined.token().orElse(token - 1) != token;
    }
}
