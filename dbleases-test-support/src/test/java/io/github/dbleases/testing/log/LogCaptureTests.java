package io.github.dbleases.testing.log;

import static org.assertj.core.api.Assertions.assertThat;

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
