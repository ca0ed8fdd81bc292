package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.NotLeaderException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about the calls of one method.
 *
 * @param method the method, as the class of the bean has it
 * @param name the name of the election
 * @param annotation what the method, or its class, was annotated with
 * @param onMethod whether it is the method that was annotated
 * @param empty makes the result of a call that is skipped
 */
record Guard(
        Method method,
        String name,
        LeaderOnly annotation,
        boolean onMethod,
        Supplier<? extends @Nullable Object> empty) {

    /** Returns the result of a call while this instance does not lead, or throws. */
    @Nullable
    Object skip() {
        if (annotation.otherwise() == Otherwise.THROW) {
            throw new NotLeaderException(name, call());
        }
        return empty.get();
    }

    boolean interrupts() {
        return annotation.onLoss() == OnLoss.INTERRUPT;
    }

    /** Returns the method as messages have it. */
    String call() {
        return method.getDeclaringClass().getName() + "." + method.getName() + "()";
    }
}
