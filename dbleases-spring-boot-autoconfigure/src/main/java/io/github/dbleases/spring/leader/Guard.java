package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.NotLeaderException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one method are guarded.
 *
 * @param annotated the method of the class of the bean, and its annotation
 * @param name the name of the election
 * @param empty the supplier of the result of a skipped call
 */
record Guard(AnnotatedMethod annotated, String name, Supplier<? extends @Nullable Object> empty) {

    Method method() {
        return annotated.method();
    }

    /** Returns the result of a skipped call, or throws. */
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
