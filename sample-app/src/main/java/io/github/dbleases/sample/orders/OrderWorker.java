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
 * The thread that processes the orders of the partitions that this instance owns, one batch of each partition in turn.
 * It stops before the lease client does, because it has the highest phase.
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

    /** Returns when the current order is finished, or after a while if the database hangs. */
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
                // The next round reads from the database what was done.
                log.warn("The database reported an error; trying again in a moment: {}", e.getMessage());
                pause(AFTER_FAILURE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * Processes a batch of each owned partition that has waiting orders.
     *
     * @return whether there was anything to do
     */
    private boolean round() throws InterruptedException {
        boolean worked = false;
        for (int partition : book.withWaiting(lease.values())) {
            worked |= work.doBatch(partition, this::stopped) > 0;
        }
        return worked;
    }

    /** Waits until no more orders are being added: otherwise, each pause between two orders would lead to a verdict. */
    private void checkIfQuiet(int idleRounds) {
        if (idleRounds >= QUIET_ROUNDS) {
            check.checkIfAllDone();
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
