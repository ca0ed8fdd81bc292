package io.github.dbleases.sample.orders;

import io.github.dbleases.Lease;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The thread that works through the orders of the partitions which this instance owns, a batch of each in turn. It stops
 * before the lease client does, because it has the highest phase of all.
 */
@Component
class OrderWorker implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OrderWorker.class);

    private static final long IDLE_MILLIS = 200;
    private static final int QUIET_ROUNDS = 5;
    private static final long AFTER_FAILURE_MILLIS = 1_000;
    private static final long STOP_MILLIS = 5_000;

    private final OrderImport orderImport;
    private final OrderBook book;
    private final PartitionWork work;
    private final BalanceCheck check;
    private final Lease lease;

    private volatile @Nullable Thread thread;

    OrderWorker(
            OrderImport orderImport,
            OrderBook book,
            PartitionWork work,
            BalanceCheck check,
            @Qualifier("orders") Lease lease) {
        this.orderImport = orderImport;
        this.book = book;
        this.work = work;
        this.check = check;
        this.lease = lease;
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = new Thread(this::run, "orders");
            thread.start();
        }
    }

    /** Returns when the order that is being worked on is finished, or after a while when the database hangs. */
    @Override
    public synchronized void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            LockSupport.unpark(running);
            try {
                running.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    private boolean stopped() {
        return thread != Thread.currentThread();
    }

    private void run() {
        boolean imported = false;
        int idleRounds = 0;
        while (!stopped()) {
            try {
                if (!imported) {
                    orderImport.importOnce();
                    imported = true;
                }
                idleRounds = round() ? 0 : idleRounds + 1;
                if (idleRounds > 0) {
                    checkIfQuiet(idleRounds);
                    pause(IDLE_MILLIS);
                }
            } catch (DataAccessException | TransactionException e) {
                // What was done is in the database or is not; the next round reads which.
                log.warn("The database did not do as asked; going on in a moment: {}", e.getMessage());
                pause(AFTER_FAILURE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Does a batch of each owned partition that has waiting orders; returns whether there was anything to do. */
    private boolean round() throws InterruptedException {
        boolean worked = false;
        for (int partition : book.withWaiting(lease.values())) {
            worked |= work.doBatch(partition, this::stopped) > 0;
        }
        return worked;
    }

    /** Not between the orders of one who adds many: each pause of theirs would have its verdict. */
    private void checkIfQuiet(int idleRounds) {
        if (idleRounds >= QUIET_ROUNDS) {
            check.checkIfAllDone();
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
