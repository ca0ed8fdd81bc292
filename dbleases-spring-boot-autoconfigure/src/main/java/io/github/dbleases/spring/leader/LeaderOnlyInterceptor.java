package io.github.dbleases.spring.leader;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import io.github.dbleases.internal.LeadershipScope;
import io.github.dbleases.spi.observation.ClientObserver.CallOutcome;
import java.util.Optional;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Allows the calls of one method, whose work ends when they return, while this instance leads. */
final class LeaderOnlyInterceptor implements MethodInterceptor {

    private final Guard guard;
    private final String name;
    private final Candidacy candidacy;
    private final boolean interrupts;

    LeaderOnlyInterceptor(Guard guard, Candidacy candidacy) {
        this.guard = guard;
        this.name = guard.name();
        this.candidacy = candidacy;
        this.interrupts = guard.interrupts();
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Optional<CurrentLeadership> outer = CurrentLeadership.get(name);
        if (outer.isPresent()) {
            return invokeWithin(outer.get(), invocation);
        }
        Hold hold = candidacy.tryHold();
        if (hold == null) {
            return candidacy.skip(guard);
        }
        long start = System.nanoTime();
        CallOutcome outcome = CallOutcome.ERROR;
        try (hold;
                LeadershipScope current = LeadershipScope.enter(name, hold)) {
            Object result = interrupts ? proceedInterruptibly(invocation, hold.token()) : invocation.proceed();
            outcome = hold.isTrusted() ? CallOutcome.RUN : CallOutcome.LOST;
            return result;
        } finally {
            candidacy.observe(outcome, System.nanoTime() - start);
        }
    }

    /** Runs as part of a call that holds the leadership, and may end with it even if the leadership is to be handed over. */
    private @Nullable Object invokeWithin(CurrentLeadership outer, MethodInvocation invocation) throws Throwable {
        if (!outer.isTrusted()) {
            return candidacy.skip(guard);
        }
        try (CurrentLeadership.Scope current = outer.enter()) {
            return interrupts ? proceedInterruptibly(invocation, outer.token()) : invocation.proceed();
        }
    }

    private @Nullable Object proceedInterruptibly(MethodInvocation invocation, long token) throws Throwable {
        try (Interruptions.Running running = candidacy.interruptFromNowOn(token)) {
            return running.isLost() ? candidacy.skip(guard) : invocation.proceed();
        }
    }
}
