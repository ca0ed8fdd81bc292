package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.NotLeaderException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about the calls of one method.
 *
 * @param annotated the method, as the class of the bean has it, and its annotation
 * @param name the name of the election
 * @param empty makes the result of a call that is skipped
 */
record Guard(AnnotatedMethod annotated, String name, Supplier<? extends @Nullable Object> empty) {

    Method method() {
        return annotated.method();
    }

    /** Returns the result of a call while this instance does not lead, or throws. */
    @Nullable
    Object skip() {
        if (annotated.annotation().otherwise() == Otherwise.THROW) {
            throw new NotLeaderException(name, annotated.call());
        }
        return empty.get();
    }

    boolean interrupts() {
        return annotated.annotation().onLoss() == OnLoss.INTERRUPT;
    }
}
