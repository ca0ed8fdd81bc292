package io.github.dbleases.sample.launcher;

import java.io.IOException;

/** Notices the end of the parent by the end of the standard input, which is a pipe from the parent. */
final class ParentWatch {

    private ParentWatch() {}

    /** Exits in an orderly way when the parent asks for that or is gone. */
    static void exitWithParent() {
        Thread thread = new Thread(
                () -> {
                    awaitEnd();
                    System.exit(0);
                },
                "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when the parent asks for the end or is gone. */
    static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever written; only the end counts.
            }
        } catch (IOException e) {
            // A broken pipe is also an end.
        }
    }
}
