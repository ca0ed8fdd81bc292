package io.github.dbleases.spring.autoconfigure;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM alive while it is needed. All threads of a client are daemons, so an application without a web server would
 * end as soon as its {@code main} method returns.
 */
final class KeepAlive {

    private final boolean enabled;
    private @Nullable Thread thread;

    /**
     * Creates what does not keep the JVM alive yet.
     *
     * @param enabled if false it never does
     */
    KeepAlive(boolean enabled) {
        this.enabled = enabled;
    }

    /** Keeps the JVM alive from now on, or no longer. */
    synchronized void set(boolean needed) {
        Thread current = thread;
        if (enabled && needed && current == null) {
            thread = started();
        } else if (!needed && current != null) {
            current.interrupt();
            thread = null;
        }
    }

    private static Thread started() {
        Thread thread = new Thread(KeepAlive::sleep, "dbleases-keep-alive");
        thread.setDaemon(false);
        thread.start();
        return thread;
    }

    private static void sleep() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException ended) {
            // It is no longer needed.
        }
    }

    /**
     * Returns whether the caller is Spring's test framework. It caches the contexts that it starts, and closes them only
     * when the JVM ends.
     */
    static boolean isCalledByTests() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().startsWith("org.springframework.test.context.")));
    }
}
