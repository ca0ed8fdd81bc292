package io.github.dbleases.spring.leader;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spi.observation.ClientObserver.CallOutcome;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The participation of this application in one election, on behalf of its methods. Before it has begun and after it has
 * ended, every call is skipped. All methods may be called from any thread.
 */
final class Candidacy implements LeadershipListener {

    private static final Logger log = LoggerFactory.getLogger(Candidacy.class);

    private final String name;
    private final Interruptions interruptions = new Interruptions();
    private final Set<String> methods = new TreeSet<>();
    private final Set<Method> skippedBefore = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Leadership leadership;
    private volatile ClientObserver observer = ClientObserver.NONE;
    private volatile boolean ended;

    Candidacy(String name) {
        this.name = name;
    }

    /** Adds a method whose calls depend on it. */
    synchronized void addMethod(String method) {
        methods.add(method);
    }

    /** Returns the methods, for messages. */
    synchronized List<String> methods() {
        return List.copyOf(methods);
    }

    /** Takes part. Only the first call has an effect. */
    synchronized void begin(Leadership joined, ClientObserver observing) {
        if (leadership == null) {
            observer = observing;
            joined.addListener(this);
            leadership = joined;
        }
    }

    @Override
    public void onOusted() {
        interruptions.interruptLost();
    }

    /** The database has refused the election after the start, for example because it was down until now. */
    @Override
    public void onError(Exception error) {
        if (error instanceof LeaseConflictException taken) {
            log.error(refused(taken));
        }
    }

    /** Returns what to report when the name of the election belongs to something else. */
    String refused(LeaseConflictException taken) {
        return "@LeaderOnly(\"%s\") on %s needs a leader election, but that is the name of something else: %s"
                .formatted(name, String.join(", ", methods()), taken.problem());
    }

    boolean hasBegun() {
        return leadership != null;
    }

    /** Skips all calls from now on. */
    void end() {
        ended = true;
    }

    @Nullable
    Leadership leadership() {
        return leadership;
    }

    /** Returns a hold for a call that begins, null if it must be skipped. */
    @Nullable
    Hold tryHold() {
        return ended ? null : tryHoldOfInnerCall();
    }

    /** Returns a hold for a part of a call that has already begun, which may continue while the application ends. */
    @Nullable
    Hold tryHoldOfInnerCall() {
        Leadership joined = leadership;
        return joined == null ? null : joined.tryHold().orElse(null);
    }

    /**
     * Skips a call and logs it: at level INFO for the first call of a method.
     *
     * @return the result of the call, unless it throws
     */
    @Nullable
    Object skip(Guard guard) {
        observe(CallOutcome.SKIPPED, 0);
        if (!ended && skippedBefore.add(guard.method())) {
            log.info(
                    "A call of {} was skipped, because this instance does not lead '{}'. Further ones are logged at level "
                            + "DEBUG.",
                    guard.annotated().call(),
                    guard.name());
        } else {
            log.debug("A call of {} was skipped: '{}'", guard.annotated().call(), guard.name());
        }
        return guard.skip();
    }

    /** Reports a call to the observer, which affects nothing. */
    void observe(CallOutcome outcome, long nanos) {
        try {
            observer.onLeaderCall(name, outcome, Duration.ofNanos(nanos));
        } catch (Throwable failure) {
            log.debug("A call of the leader of '{}' could not be observed", name, failure);
        }
    }

    /** Interrupts this thread if the leadership with a token is lost before the call has ended. */
    Interruptions.Running interruptFromNowOn(long token) {
        return interruptions.begin(token, this);
    }

    /** Returns whether the leadership with a token is lost. */
    boolean isLost(long token) {
        Leadership joined = leadership;
        return joined == null || joined.token().orElse(token - 1) != token;
    }
}
