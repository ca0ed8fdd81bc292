package io.github.dbleases.spi.tasks;

import java.util.concurrent.Callable;

/** Runs work in a transaction of the calling thread, in which the connections of the queue take part. */
@FunctionalInterface
public interface TaskTransactions {

    /** Runs work in a new transaction, which is committed when the work returns and rolled back when it throws. */
    <R> R call(Callable<R> work) throws Exception;
}
