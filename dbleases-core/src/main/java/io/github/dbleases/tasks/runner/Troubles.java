package io.github.dbleases.tasks.runner;

import org.jspecify.annotations.Nullable;

/** Remembers the last trouble, so that it is told once and not over and over. Used by several threads. */
final class Troubles {

    private @Nullable String last;

    /** Takes note of a trouble and returns whether it is of another kind than the one before it. */
    synchronized boolean isNews(Throwable failure) {
        String kind = kindOf(failure);
        boolean news = !kind.equals(last);
        last = kind;
        return news;
    }

    /** Takes note that all is well and returns whether it was not. */
    synchronized boolean over() {
        boolean was = last != null;
        last = null;
        return was;
    }

    /** Messages may differ each time, by an id for instance; so the kind is where the trouble came from. */
    private static String kindOf(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        StackTraceElement[] trace = root.getStackTrace();
        return failure.getClass().getName() + root.getClass().getName() + (trace.length == 0 ? "" : trace[0]);
    }
}
