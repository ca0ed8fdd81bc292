package io.github.dbleases.internal;

import io.github.dbleases.Hold;
import org.jspecify.annotations.Nullable;

/** A hold that knows which thread does its work. If the work exceeds its deadline, that thread is reported or interrupted. */
public interface WorkThread {

    /** Sets the thread that does the work from now on; null while no thread does. */
    void worksIn(@Nullable Thread thread);

    /** Sets the thread of a hold that knows one. */
    static void of(Hold hold, @Nullable Thread thread) {
        if (hold instanceof WorkThread work) {
            work.worksIn(thread);
        }
    }
}
