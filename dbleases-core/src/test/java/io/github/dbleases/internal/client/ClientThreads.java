package io.github.dbleases.internal.client;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;

/** Waits for the threads of a client, and on them. */
final class ClientThreads {

    private ClientThreads() {}

    /** Waits until a client has no threads anymore. */
    static void awaitNoneOf(String clientId) {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("dbleases-" + clientId + "-")));
    }

    /** Waits as a listener does that ignores interruptions. */
    static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
