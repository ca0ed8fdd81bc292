package io.github.dbleases.sample.orders;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.sample.SampleProperties;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Does orders of one partition, for as long as this instance owns it. */
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
     * Does one batch of a partition's orders under a hold, so that a hand-over waits until the batch is finished.
     *
     * @param stop whether to leave the rest of the batch
     * @return how many orders were done, 0 when the partition is not owned
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
     * Read, compute, write: right only while nobody else works on the same partition.
     *
     * <p>A hold keeps hand-overs away, but not the end of the session: an instance that was paused for longer than that
     * must not write what it computed before, so the trust is checked last. The statement is then on its way within
     * microseconds, and the others wait for longer than that after the trust has ended. A resource that must be safe even
     * if a pause falls into those microseconds also compares the {@linkplain Hold#token() token}; here that would hide
     * the very mistake that the balances are to show.
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
