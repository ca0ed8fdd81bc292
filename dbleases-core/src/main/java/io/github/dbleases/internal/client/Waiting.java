package io.github.dbleases.internal.client;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures, for callers of the client. */
final class Waiting {

    private Waiting() {}

    /**
     * Waits for a future, at most for the given time. If the caller is interrupted, returns at once with the interrupt
     * flag set.
     *
     * @return whether the future has completed
     * @throws RuntimeException if the future has completed with it
     */
    static boolean atMost(Duration time, CompletableFuture<?> future) {
        return resultWithin(time, future.thenApply(done -> true)).isPresent();
    }

    /**
     * Waits for an answer of the store, at most for the given time.
     *
     * @throws StoreUnavailableException if there is no answer in time
     * @throws RuntimeException if the future has completed with it
     */
    static <T> T answerWithin(Duration time, CompletableFuture<T> answer) {
        return resultWithin(time, answer)
                .orElseThrow(() -> new StoreUnavailableException(
                        "The store did not answer within %d ms.".formatted(time.toMillis())));
    }

    /**
     * Waits for the result of a future, at most for the given time. If the caller is interrupted, returns at once with
     * the interrupt flag set.
     *
     * @return the result, or empty if there is none yet
     * @throws RuntimeException if the future has completed with it
     */
    static <T> Optional<T> resultWithin(Duration time, CompletableFuture<T> future) {
        try {
            return Optional.of(future.get(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS));
        } catch (TimeoutException notYet) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(failed.getCause());
        }
    }
}
