package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Holds that many threads take and close without the monitor. */
class OwnedPartitionTests {

    @Test
    void aHoldDelaysTheHandOverOrIsRefusedAndTheDrainIsNoticedOnce() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            Round played = new Round();
            played.play();

            assertThat(played.heldAfterTheEnd).as("held after it was drained").isFalse();
            assertThat(played.noticed).as("noticed to be drained").hasValue(1);
        }
    }

    @Test
    void aPartitionThatHasLeftTheViewCannotBeHeld() {
        OwnedPartition given = new OwnedPartition(0, 1, 1);
        assertThat(given.tryHold()).isTrue();
        given.handOver();

        assertThat(given.tryHold()).isFalse();
        assertThat(given.release()).isTrue();
    }

    /** Two threads work under holds while a third one hands the partition over. */
    private static final class Round {

        private final OwnedPartition owned = new OwnedPartition(0, 1, 1);
        private final Object monitor = new Object();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger noticed = new AtomicInteger();
        private final AtomicBoolean heldAfterTheEnd = new AtomicBoolean();

        void play() throws InterruptedException {
            CountDownLatch start = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            threads.add(thread(start, this::work));
            threads.add(thread(start, this::work));
            threads.add(thread(start, this::handOver));
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static Thread thread(CountDownLatch start, Runnable work) {
            Thread thread = new Thread(() -> {
                start.countDown();
                while (start.getCount() > 0) {
                    Thread.yield();
                }
                work.run();
            });
            thread.start();
            return thread;
        }

        private void work() {
            while (owned.tryHold()) {
                open.incrementAndGet();
                if (noticed.get() > 0) {
                    heldAfterTheEnd.set(true);
                }
                open.decrementAndGet();
                if (owned.release()) {
                    look();
                }
            }
        }

        private void handOver() {
            synchronized (monitor) {
                owned.handOver();
            }
            synchronized (monitor) {
                owned.listenersDone();
            }
            look();
        }

        private void look() {
            synchronized (monitor) {
                if (owned.isDrainToBeHandled()) {
                    owned.drainHandled();
                    noticed.incrementAndGet();
                    if (open.get() > 0) {
                        heldAfterTheEnd.set(true);
                    }
                }
            }
        }
    }
}
