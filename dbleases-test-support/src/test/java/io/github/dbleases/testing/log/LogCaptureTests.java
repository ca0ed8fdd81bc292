package io.github.dbleases.testing.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A capture receives only the messages of its own test, even if threads of other tests log at the same time. */
class LogCaptureTests {

    private static final Logger log = LoggerFactory.getLogger(LogCaptureTests.class);

    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void aThreadLeftBehindByAnEarlierTestIsNotCaptured() throws InterruptedException {
        Thread leftBehind;
        try (LogCapture earlier = LogCapture.of(LogCaptureTests.class)) {
            leftBehind = started(() -> log.info("Runner test has stopped"));
        }
        try (LogCapture capture = LogCapture.of(LogCaptureTests.class)) {
            end(leftBehind);
            log.info("Runner test has started");

            assertThat(capture.lines()).containsExactly("INFO Runner test has started");
        }
    }

    @Test
    void aThreadOfATestWithoutACaptureIsNotCapturedEvenIfItHasTheSameName() throws InterruptedException {
        Thread leftBehind = started(() -> log.warn("planted"));
        leftBehind.setName(Thread.currentThread().getName());
        try (LogCapture capture = LogCapture.of(LogCaptureTests.class)) {
            end(leftBehind);

            assertThat(capture.lines()).isEmpty();
        }
    }

    @Test
    void threadsStartedByThreadsOfTheTestAreCaptured() throws InterruptedException {
        try (LogCapture capture = LogCapture.of(LogCaptureTests.class)) {
            Thread thread = started(() -> {
                Thread inner = new Thread(() -> log.warn("from {}", "within"));
                inner.start();
                join(inner);
                log.info("from outside");
            });
            end(thread);

            assertThat(capture.lines()).containsExactly("WARN from within", "INFO from outside");
            assertThat(capture.warnings()).containsExactly("WARN from within");
            capture.clear();
            assertThat(capture.lines()).isEmpty();
        }
    }

    @Test
    void aTestThatEndsTakesNothingFromAnotherThatCapturesTheSameLogger() throws InterruptedException {
        CapturingThread other = new CapturingThread(LogCaptureTests.class.getName());
        LogCapture capture = LogCapture.of(LogCaptureTests.class);
        other.open();

        capture.close();

        assertThat(other.log("from the other")).containsExactly("INFO from the other");
        assertThat(capture.lines()).isEmpty();
    }

    @Test
    void aTestThatCapturesALoggerHearsAChildThatAnotherTestCaptures() throws InterruptedException {
        CapturingThread other = new CapturingThread(LogCaptureTests.class.getPackageName());
        try (LogCapture capture = LogCapture.of(LogCaptureTests.class)) {
            other.open();

            assertThat(other.log("from the other")).containsExactly("INFO from the other");
            assertThat(capture.lines()).isEmpty();
        }
    }

    /** The thread of another test, which captures a logger. */
    private final class CapturingThread {

        private final CountDownLatch opened = new CountDownLatch(1);
        private final List<String> lines = new ArrayList<>();
        private final Thread thread;
        private String message = "";

        CapturingThread(String logger) {
            thread = new Thread(null, () -> run(logger), "other", 0, false);
        }

        private void run(String logger) {
            try (LogCapture capture = LogCapture.of(logger)) {
                opened.countDown();
                go.await();
                log.info(message);
                lines.addAll(capture.lines());
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        void open() throws InterruptedException {
            thread.start();
            opened.await();
        }

        /** Returns what it has captured when it has logged a message. */
        List<String> log(String text) throws InterruptedException {
            message = text;
            end(thread);
            return lines;
        }
    }

    private Thread started(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                go.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            work.run();
        });
        thread.start();
        return thread;
    }

    private void end(Thread thread) throws InterruptedException {
        go.countDown();
        thread.join();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
