package io.github.dbleases.sample.instance;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Ends this process the way a deployment or a crash would. */
@Component
public class InstanceEnd {

    private static final Logger log = LoggerFactory.getLogger(InstanceEnd.class);

    /** The exit code that a shell reports for a process that was ended with kill -9. */
    private static final int KILLED = 137;

    /** Long enough for the HTTP answer to be sent, short enough for a user not to notice. */
    private static final long ANSWER_MILLIS = 50;

    /** How to end. */
    public enum How {
        /** Like SIGTERM: work stops, the partitions go to the others, and the session ends. */
        GRACEFUL,
        /** Like kill -9: nothing else runs, not even this JVM's shutdown hooks. */
        KILL
    }

    /** Ends this process in a moment, after this method has returned. */
    public void end(How how) {
        log.info("Ending: {}", how);
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
