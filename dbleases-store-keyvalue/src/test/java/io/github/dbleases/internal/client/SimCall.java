package io.github.dbleases.internal.client;

import io.github.dbleases.StoreUnavailableException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A call of a simulated process that can wait in the middle. It has a thread of its own, but runs only while the
 * simulation waits for it. So only one thread is running at any time, and the seed determines everything.
 */
final class SimCall<T> {

    private static final ThreadLocal<SimCall<?>> CURRENT = new ThreadLocal<>();
    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "simulated-call");
        thread.setDaemon(true);
        return thread;
    });

    private final SimLoop<?> loop;
    private final Supplier<T> call;
    private final SimStorage.Outcome<T> outcome;
    private final Semaphore calling = new Semaphore(0);
    private final Semaphore simulating = new Semaphore(0);
    private Supplier<?> reply = () -> null;
    private Runnable end = () -> {};
    private int questions;
    private boolean over;
    private boolean givenUp;

    SimCall(SimLoop<?> loop, Supplier<T> call, SimStorage.Outcome<T> outcome) {
        this.loop = loop;
        this.call = call;
        this.outcome = outcome;
    }

    /** Returns the running call. */
    static SimCall<?> current() {
        return CURRENT.get();
    }

    SimLoop<?> loop() {
        return loop;
    }

    boolean isOver() {
        return over;
    }

    /** Runs the call until its first wait. */
    void start() {
        THREADS.execute(this::run);
        simulating.acquireUninterruptibly();
        endIfOver();
    }

    private void run() {
        CURRENT.set(this);
        try {
            T answer = call.get();
            end = () -> outcome.succeed(answer);
        } catch (RuntimeException failure) {
            end = () -> outcome.fail(failure);
        } catch (Forgotten forgotten) {
            end = () -> {};
        } catch (Throwable error) {
            end = () -> {
                throw new IllegalStateException("A simulated call ended with an error", error);
            };
        } finally {
            CURRENT.remove();
            over = true;
            simulating.release();
        }
    }

    /** Called by the call itself: sends a request and waits for the reply, which may be given at most once. */
    <R> R ask(Consumer<Consumer<Supplier<R>>> asking) {
        if (givenUp) {
            throw new StoreUnavailableException("The simulated call was abandoned");
        }
        int question = ++questions;
        asking.accept(answer -> {
            if (!over && question == questions) {
                resume(answer);
            }
        });
        simulating.release();
        calling.acquireUninterruptibly();
        @SuppressWarnings("unchecked")
        R answer = (R) reply.get();
        return answer;
    }

    /** Interrupts the call, because its attempt has timed out. */
    void giveUp() {
        if (!over) {
            givenUp = true;
            resume(() -> {
                throw new StoreUnavailableException("The simulated call was abandoned");
            });
        }
    }

    /** Ends the thread of a call that will never be answered. */
    void forget() {
        if (!over) {
            resume(() -> {
                throw new Forgotten();
            });
        }
    }

    private void resume(Supplier<?> answer) {
        questions++;
        reply = answer;
        calling.release();
        simulating.acquireUninterruptibly();
        endIfOver();
    }

    private void endIfOver() {
        if (over) {
            end.run();
        }
    }

    /** Not an exception, so that no code handles it as one. */
    private static final class Forgotten extends Error {

        private static final long serialVersionUID = 1L;
    }
}
