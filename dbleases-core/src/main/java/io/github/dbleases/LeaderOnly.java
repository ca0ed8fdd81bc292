package io.github.dbleases;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that runs only in the instance that leads, or a class of which that is true for all methods that are not
 * private or static. On a method it takes precedence over the one on the class; both may be inherited, also from
 * interfaces; it may be used as a meta-annotation.
 *
 * <p>Before each call the trust in the leadership is checked locally, without the database. A running call holds the
 * leadership: a hand-over waits until it returns and, if it returns a {@code CompletionStage}, until that is complete.
 * That does not prolong the session: a call that outlives the trust deadline runs on while another instance may be
 * elected; use the token of the {@link CurrentLeadership} to fence its effects.
 *
 * <p>A skipped call returns null, or an empty {@code Optional}, collection, map, array, iterator or stream, or a completed
 * future. A method whose calls cannot be skipped or held in this way, or cannot be intercepted, is refused when the
 * application starts.
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

        /** Its thread is interrupted, unless the call has ended. Not for methods whose work goes on after they return. */
        INTERRUPT
    }
}
