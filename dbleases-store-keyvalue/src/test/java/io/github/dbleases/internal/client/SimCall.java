package io.github.dbleases.internal.client;

import io.github.dbleases.StoreUnavailableException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A call of a simulated process that waits in its middle. It has a thread of its own, but runs only while the simulation
 * waits for it: so there is one thread at work at any time, and the seed decides everything.
 */
final class SimCall<T> {

    private static final ThreadLocal<SimCall<?>> CURRENT = new ThreadLocal<>();
    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "simulated-call");
        thread.setDaemon(true);
        return thread;
    });

    private final SimLoop loop;
    private final Supplier<T> call;
    private final SimStorage.Outcome<T> outcome;
    private final Semaphore calling = new Semaphore(0);
    private final Semaphore simulating = new Semaphore(0);
    private Supplier<?> reply = () -> null;
    private Runnable end = () -> {};
    private int questions;
    private boolean over;
    private boolean givenUp;

    SimCall(SimLoop loop, Supplier<T> call, SimStorage.Outcome<T> outcome) {
        this.loop = loop;
        this.call = call;
        this.outcome = outcome;
    }

    /** Returns the call that is at work. */
    static SimCall<?> current() {
        return CURRENT.get();
    }

    SimLoop loop() {
        return loop;
    }

    boolean isOver() {
        return over;
    }

    /** Runs the call until it waits for the first time. */
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

    /** Waits, in the call, for the reply to a question. Whoever asks it gets what takes the reply, once at most. */
    <R> R ask(Consumer<Consumer<Supplier<R>>> asking) {
        if (givenUp) {
            throw new StoreUnavailableException("The simulated call was given up");
        }
        int question = ++questions;
        asking.accept(answer -> {
            if (!over && question == questions) {
                goOn(answer);
            }
        });
        simulating.release();
        calling.acquireUninterruptibly();
        @SuppressWarnings("unchecked")
        R answer = (R) reply.get();
        return answer;
    }

    /** Interrupts the call: the time of its attempt is over. */
    void giveUp() {
        if (!over) {
            givenUp = true;
            goOn(() -> {
                throw new StoreUnavailableException("The simulated call was given up");
            });
        }
    }

    /** Ends the thread of a call that nobody will ever answer. */
    void forget() {
        if (!over) {
            goOn(() -> {
                throw new Forgotten();
            });
        }
    }

    private void goOn(Supplier<?> answer) {
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

    /** No exception, so that nobody takes it for one. */
    private static final class Forgotten extends Error {

        private static final long serialVersionUID = 1L;
    }
}
