package io.github.dbleases;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that runs only in the instance that leads, or a class all of whose public methods do. On a method it takes
 * precedence over the one on the class; it may be used as a meta-annotation.
 *
 * <p>Before each call the trust in the leadership is checked locally, without the database. A running call holds the
 * leadership: a hand-over waits until it returns. That does not prolong the session: a call that outlives the trust
 * deadline runs on while another instance may be elected; use the token of the leadership to fence its effects.
 *
 * <p>A skipped call returns null, or an empty {@code Optional}, collection, map, stream or a completed future. A method
 * with a primitive, reactive or suspending result, or one that cannot be proxied, is refused when the application starts.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
public @interface LeaderOnly {

    /** The name of the election, which may hold placeholders ({@code ${...}}). Methods with one name have one leader. */
    String value() default "default";

    /** What becomes of a call while this instance does not lead. */
    Otherwise otherwise() default Otherwise.SKIP;

    /** What becomes of a running call when the leadership is lost. */
    OnLoss onLoss() default OnLoss.FINISH;

    /** What becomes of a call while this instance does not lead. */
    enum Otherwise {

        /** It returns at once with an empty result. */
        SKIP,

        /** It throws {@link NotLeaderException}. */
        THROW
    }

    /** What becomes of a running call when the leadership is lost. */
    enum OnLoss {

        /** It runs to its end. */
        FINISH,

        /** Its thread is interrupted. */
        INTERRUPT
    }
}
