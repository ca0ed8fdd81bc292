package io.github.dbleases.spring.leader;

import io.github.dbleases.Hold;
import io.github.dbleases.internal.LeadershipScope;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Work that goes on after the call that asked for it has returned, and holds the leadership until it has ended: a queued
 * task until it has run, and a future until it is complete.
 */
final class OngoingWork {

    private final Guard guard;
    private final Candidacy candidacy;
    private final Hold hold;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

    OngoingWork(Guard guard, Candidacy candidacy, Hold hold) {
        this.guard = guard;
        this.candidacy = candidacy;
        this.hold = hold;
    }

    private enum Stage {
        WAITING,
        RUNNING,
        ENDED
    }

    /** Does the work in this thread, unless the leadership was lost, or the work cancelled, while it was waiting. */
    @Nullable
    Object run(MethodInvocation invocation) throws Throwable {
        if (!stage.compareAndSet(Stage.WAITING, Stage.RUNNING)) {
            return candidacy.skip(guard);
        }
        Object result = null;
        try {
            if (!hold.isTrusted()) {
                return candidacy.skip(guard);
            }
            try (LeadershipScope current = LeadershipScope.enter(guard.name(), hold)) {
                result = invocation.proceed();
            }
            return result;
        } finally {
            if (result instanceof CompletionStage<?> future) {
                future.whenComplete((value, failure) -> end());
            } else {
                end();
            }
        }
    }

    /** Gives up work that will not be run; does nothing when it is under way. */
    void abandonUnlessRunning() {
        if (stage.compareAndSet(Stage.WAITING, Stage.ENDED)) {
            hold.close();
        }
    }

    private void end() {
        stage.set(Stage.ENDED);
        hold.close();
    }
}
