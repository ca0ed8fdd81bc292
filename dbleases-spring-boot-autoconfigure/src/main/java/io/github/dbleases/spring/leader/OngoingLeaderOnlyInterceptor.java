package io.github.dbleases.spring.leader;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import io.github.dbleases.internal.LeadershipScope;
import io.github.dbleases.internal.WorkThread;
import io.github.dbleases.spi.observation.ClientObserver.CallOutcome;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * Allows the calls of one method while this instance leads. The work of a call can go on after the call has returned: in
 * another thread, where {@link Worker} continues, or until a future is complete.
 */
final class OngoingLeaderOnlyInterceptor implements MethodInterceptor {

    private static final String WORK = Work.class.getName();

    private final Guard guard;
    private final Candidacy candidacy;
    private final boolean async;

    OngoingLeaderOnlyInterceptor(Guard guard, Candidacy candidacy, boolean async) {
        this.guard = guard;
        this.candidacy = candidacy;
        this.async = async;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        // The work can outlive an outer call, so it needs its own hold.
        boolean inner = CurrentLeadership.get(guard.name()).isPresent();
        Hold hold = inner ? candidacy.tryHoldOfInnerCall() : candidacy.tryHold();
        if (hold == null) {
            return candidacy.skip(guard);
        }
        Work work = new Work(guard, candidacy, hold);
        return async ? submit((ProxyMethodInvocation) invocation, work) : work.run(invocation);
    }

    private static @Nullable Object submit(ProxyMethodInvocation invocation, Work work) throws Throwable {
        boolean submitted = false;
        try {
            invocation.setUserAttribute(WORK, work);
            Object result = invocation.proceed();
            if (result instanceof CompletionStage<?> future) {
                // Work that is cancelled before it has begun is never run.
                future.whenComplete((value, failure) -> work.abandonUnlessRunning());
            }
            submitted = true;
            return result;
        } finally {
            if (!submitted) {
                work.abandonUnlessRunning();
            }
        }
    }

    /** Does the work in the thread of the executor. Its place is directly behind the advice that hands the work over. */
    static final class Worker implements MethodInterceptor {

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            Object work = ((ProxyMethodInvocation) invocation).getUserAttribute(WORK);
            return work instanceof Work ongoing ? ongoing.run(invocation) : invocation.proceed();
        }
    }

    /**
     * Work that goes on after its call has returned. It holds the leadership until it has ended: a queued task until it has
     * run, a future until it is complete.
     */
    private static final class Work {

        private final Guard guard;
        private final Candidacy candidacy;
        private final Hold hold;
        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

        Work(Guard guard, Candidacy candidacy, Hold hold) {
            this.guard = guard;
            this.candidacy = candidacy;
            this.hold = hold;
            // The thread that took the hold need not do the work.
            WorkThread.of(hold, null);
        }

        private enum Stage {
            WAITING,
            RUNNING,
            ENDED
        }

        /** Does the work in this thread, unless the leadership was lost or the work was cancelled while it was waiting. */
        @Nullable
        Object run(MethodInvocation invocation) throws Throwable {
            if (!stage.compareAndSet(Stage.WAITING, Stage.RUNNING)) {
                return candidacy.skip(guard);
            }
            long start = System.nanoTime();
            Object result = null;
            boolean skipped = false;
            boolean returned = false;
            try {
                if (!hold.isTrusted()) {
                    skipped = true;
                    return candidacy.skip(guard);
                }
                WorkThread.of(hold, Thread.currentThread());
                try (LeadershipScope current = LeadershipScope.enter(guard.name(), hold)) {
                    result = invocation.proceed();
                } finally {
                    WorkThread.of(hold, null);
                }
                returned = true;
                return result;
            } finally {
                if (result instanceof CompletionStage<?> future) {
                    future.whenComplete((value, failure) -> {
                        observe(failure == null, start);
                        end();
                    });
                } else {
                    if (!skipped) {
                        observe(returned, start);
                    }
                    end();
                }
            }
        }

        /** Gives up work that will not be run. Has no effect on work that is running. */
        void abandonUnlessRunning() {
            if (stage.compareAndSet(Stage.WAITING, Stage.ENDED)) {
                hold.close();
            }
        }

        private void observe(boolean returned, long start) {
            CallOutcome done = hold.isTrusted() ? CallOutcome.RUN : CallOutcome.LOST;
            candidacy.observe(returned ? done : CallOutcome.ERROR, System.nanoTime() - start);
        }

        private void end() {
            stage.set(Stage.ENDED);
            hold.close();
        }
    }
}
