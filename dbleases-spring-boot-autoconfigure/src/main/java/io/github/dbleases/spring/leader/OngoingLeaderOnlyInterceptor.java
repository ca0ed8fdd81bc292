package io.github.dbleases.spring.leader;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * Lets the calls of one method, whose work may go on after they have returned, through while this instance leads. Where
 * the work is done in another thread, {@link Worker} goes on there.
 */
final class OngoingLeaderOnlyInterceptor implements MethodInterceptor {

    private static final String WORK = OngoingWork.class.getName();

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
        // The work can outlive an outer call, so it needs a hold of its own.
        boolean inner = CurrentLeadership.get(guard.name()).isPresent();
        Hold hold = inner ? candidacy.tryHoldOfInnerCall() : candidacy.tryHold();
        if (hold == null) {
            return candidacy.skip(guard);
        }
        OngoingWork work = new OngoingWork(guard, candidacy, hold);
        return async ? submit((ProxyMethodInvocation) invocation, work) : work.run(invocation);
    }

    private static @Nullable Object submit(ProxyMethodInvocation invocation, OngoingWork work) throws Throwable {
        boolean submitted = false;
        try {
            invocation.setUserAttribute(WORK, work);
            Object result = invocation.proceed();
            if (result instanceof CompletionStage<?> future) {
                // One that is cancelled before it was begun is never run.
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

    /** Does the work where the executor has brought it. To be placed right behind the advice that does so. */
    static final class Worker implements MethodInterceptor {

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            Object work = ((ProxyMethodInvocation) invocation).getUserAttribute(WORK);
            return work instanceof OngoingWork ongoing ? ongoing.run(invocation) : invocation.proceed();
        }
    }
}
