package io.github.dbleases.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to storage that hangs, such as a network file system whose server is gone. */
class ThreadedCallsTests {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ThreadedCalls calls = new ThreadedCalls();
    private final CountDownLatch serverIsBack = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    @AfterEach
    void bringTheServerBack() {
        serverIsBack.countDown();
    }

    /** Hangs regardless of interrupts. */
    private String hang() {
        threads.add(Thread.currentThread());
        hanging.incrementAndGet();
        boolean back = false;
        while (!back) {
            try {
                serverIsBack.await();
                back = true;
            } catch (InterruptedException ignored) {
                // Ignored, as by such a file system.
            }
        }
        hanging.decrementAndGet();
        return "back";
    }

    /** Makes the thread hang in a call that is given up. A call that is overdue before it has begun is not made. */
    private void hangOverdue() {
        await().until(() -> {
            assertThatThrownBy(() -> calls.run(SHORT, this::hang)).isInstanceOf(StoreUnavailableException.class);
            return hanging.get() == 1;
        });
    }

    @Test
    void aCallReturnsItsResult() {
        assertThat(calls.<String>run(LONG, () -> "result")).isEqualTo("result");
    }

    @Test
    void anExceptionIsPassedOn() {
        IllegalStateException failure = new IllegalStateException("on purpose");

        assertThatThrownBy(() -> calls.run(LONG, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> calls.run(LONG, () -> {
                    throw new StackOverflowError("on purpose");
                }))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void aCallThatHangsEndsInTime() {
        assertThatThrownBy(() -> calls.run(SHORT, this::hang))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("50 ms");
    }

    @Test
    void neverMoreThanOneThreadHangs() {
        hangOverdue();
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThatThrownBy(() -> calls.run(SHORT, this::hang)).isInstanceOf(StoreUnavailableException.class);
        }

        assertThat(hanging).hasValue(1);
    }

    @Test
    void callsContinueWhenTheStorageIsBackButAbandonedOnesDoNot() {
        hangOverdue();
        AtomicInteger late = new AtomicInteger();
        assertThatThrownBy(() -> calls.run(SHORT, late::incrementAndGet)).isInstanceOf(StoreUnavailableException.class);

        serverIsBack.countDown();

        assertThat(calls.<String>run(LONG, () -> "result")).isEqualTo("result");
        assertThat(late).hasValue(0);
    }

    @Test
    void anOverdueCallIsInterrupted() {
        CountDownLatch interrupted = new CountDownLatch(1);

        // A call that is overdue before it has begun is not made.
        await().until(() -> {
            assertThatThrownBy(() -> calls.run(SHORT, () -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException interrupt) {
                            interrupted.countDown();
                        }
                        return "";
                    }))
                    .isInstanceOf(StoreUnavailableException.class);
            return interrupted.getCount() == 0;
        });
    }

    @Test
    void endingTheCallsEndsTheCurrentOne() {
        CompletableFuture<String> call = CompletableFuture.supplyAsync(() -> calls.run(LONG, this::hang));
        await().until(() -> hanging.get() == 1);

        calls.end();

        assertThatThrownBy(call::join).hasCauseInstanceOf(StoreUnavailableException.class);
        serverIsBack.countDown();
        assertThat(calls.<String>run(LONG, () -> "used again")).isEqualTo("used again");
    }

    @Test
    void anInterruptedCallerReturnsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> calls.run(LONG, this::hang)).isInstanceOf(StoreUnavailableException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theThreadIsADaemonWithAName() {
        serverIsBack.countDown();
        calls.run(LONG, this::hang);

        assertThat(threads).allSatisfy(thread -> {
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getName()).startsWith("dbleases-storage-");
        });
    }
}
