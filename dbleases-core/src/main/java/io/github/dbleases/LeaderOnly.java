package io.github.dbleases;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method only in the instance that leads an election. On a class, the annotation applies to all methods that are
 * neither private nor static. An annotation on a method takes precedence over the one on its class. Both are inherited, also
 * from interfaces, and the annotation can be used as a meta-annotation.
 *
 * <p>Each call first checks locally, without the database, whether this instance leads. A running call holds the leadership:
 * a hand-over waits until the method returns and, if it returns a {@code CompletionStage}, until that stage is complete. A
 * hold does not extend the session. If a call outlives the trust deadline, it continues while another instance may already
 * have been elected. Use the token of the {@link CurrentLeadership} to fence its effects.
 *
 * <p>A skipped call returns null, or an empty {@code Optional}, collection, map, array, iterator or stream, or a completed
 * future. If the calls of a method cannot be intercepted, skipped or held in this way, the application fails to start.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
public @interface LeaderOnly {

    /** The name of the election, which may contain placeholders ({@code ${...}}). Methods with the same name have one leader. */
    String value() default "default";

    /** What happens to a call while this instance does not lead. */
    Otherwise otherwise() default Otherwise.SKIP;

    /** What happens to a running call when the leadership is lost. */
    OnLoss onLoss() default OnLoss.FINISH;

    /** What happens to a call while this instance does not lead. */
    enum Otherwise {

        /** The call returns immediately with an empty result. */
        SKIP,

        /** The call throws {@link NotLeaderException}. */
        THROW
    }

    /** What happens to a running call when the leadership is lost. */
    enum OnLoss {

        /** The call continues to its end. */
        FINISH,

        /** The thread of the call is interrupted. Not supported for methods whose work continues after they return. */
        INTERRUPT
    }
}
