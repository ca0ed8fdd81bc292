package io.github.dbleases.sample.instance;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Ends this process, as a deployment or as a crash would. */
@Component
public class InstanceEnd {

    private static final Logger log = LoggerFactory.getLogger(InstanceEnd.class);

    /** What a shell reports of a process that was ended with kill -9. */
    private static final int KILLED = 137;

    /** Long enough for the answer to the one who asked, short enough to be at once for a person. */
    private static final long ANSWER_MILLIS = 50;

    /** How to end. */
    public enum How {
        /** As on SIGTERM: work stops, the partitions go to the others, the session ends. */
        GRACEFUL,
        /** As on kill -9: nothing is said to anybody, not even to this JVM's own shutdown hooks. */
        KILL
    }

    /** Ends this process in a moment; returns before. */
    public void end(How how) {
        log.info("Ends: {}", how);
        Thread thread = new Thread(() -> endAfterAnswer(how), "end");
        thread.setDaemon(true);
        thread.start();
    }

    private static void endAfterAnswer(How how) {
        try {
            Thread.sleep(ANSWER_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        switch (how) {
            case GRACEFUL -> System.exit(0);
            case KILL -> Runtime.getRuntime().halt(KILLED);
        }
    }
}
