package io.github.dbleases.sample.orders;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.sql.Connection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A lease that owns all its partitions, whatever other instances own. The test decides about the trust. */
final class SoleOwner implements Lease {

    private final int partitions;
    private final BooleanSupplier trust;

    SoleOwner() {
        this(128, () -> true);
    }

    /** Supplies, at each check of a hold, whether the session is trusted. */
    SoleOwner(int partitions, BooleanSupplier trust) {
        this.partitions = partitions;
        this.trust = trust;
    }

    @Override
    public String name() {
        return "orders";
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public PartitionSet values() {
        return PartitionSet.of(IntStream.range(0, partitions).toArray());
    }

    @Override
    public boolean owns(int partition) {
        return true;
    }

    @Override
    public OptionalLong token(int partition) {
        return OptionalLong.of(1);
    }

    @Override
    public Optional<Hold> tryHold(int partition) {
        return Optional.of(new Hold() {
            @Override
            public int partition() {
                return partition;
            }

            @Override
            public long token() {
                return 1;
            }

            @Override
            public boolean isTrusted() {
                return trust.getAsBoolean();
            }

            @Override
            public void fence(Connection transaction) {}

            @Override
            public void close() {}
        });
    }

    @Override
    public Registration addListener(LeaseListener listener) {
        return () -> {};
    }

    @Override
    public void leave() {}
}
