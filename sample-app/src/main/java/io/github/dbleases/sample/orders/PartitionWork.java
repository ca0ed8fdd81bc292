package io.github.dbleases.sample.orders;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.sample.SampleProperties;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Processes orders of one partition for as long as this instance owns it. */
@Component
class PartitionWork {

    private final OrderBook book;
    private final Lease lease;
    private final SampleProperties properties;

    PartitionWork(OrderBook book, @Qualifier("orders") Lease lease, SampleProperties properties) {
        this.book = book;
        this.lease = lease;
        this.properties = properties;
    }

    /**
     * Processes one batch of a partition's orders under a hold, so that a hand-over waits until the batch is finished.
     *
     * @param stop whether to skip the rest of the batch
     * @return how many orders were done, 0 if the partition is not owned
     */
    int doBatch(int partition, BooleanSupplier stop) throws InterruptedException {
        Optional<Hold> taken = lease.tryHold(partition);
        if (taken.isEmpty()) {
            return 0;
        }
        int done = 0;
        try (Hold hold = taken.get()) {
            for (Order order : book.waiting(partition, properties.batch())) {
                if (stop.getAsBoolean() || !work(order, hold)) {
                    break;
                }
                done++;
            }
        }
        return done;
    }

    /**
     * Reads, computes and writes a balance, which is correct only while no other instance works on the same partition.
     *
     * <p>A hold delays hand-overs, but not the end of the session. An instance that was paused for longer than that
     * must not write what it computed before, so the trust is checked last. The statement is then sent within
     * microseconds, and the others wait longer than that after the trust has ended. A resource that must be safe even
     * if a pause falls into those microseconds also compares the {@linkplain Hold#token() token}. Here, that would hide
     * the very mistake that the balances are meant to reveal.
     */
    private boolean work(Order order, Hold hold) throws InterruptedException {
        long balance = book.balance(order.customer());
        Thread.sleep(properties.workTime().toMillis());
        if (!hold.isTrusted()) {
            return false;
        }
        book.finish(order, properties.name(), balance + order.amount());
        return true;
    }
}
