package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;

/** A listener that starts and stops work on partitions, and reports unpaired starts and stops. */
final class SimListener implements LeaseListener {

    private final SimWorld world;
    private final String process;
    private final JoinedLease lease;
    private PartitionSet started = PartitionSet.empty();

    SimListener(SimWorld world, String process, JoinedLease lease) {
        this.world = world;
        this.process = process;
        this.lease = lease;
    }

    JoinedLease lease() {
        return lease;
    }

    /** Returns the partitions on which work has started and not stopped. */
    PartitionSet started() {
        return started;
    }

    /** Returns whether work on a partition keeps other clients from getting it while the session is trusted. */
    boolean isProtected(int partition) {
        return lease.ownership().owned(partition).filter(OwnedPartition::isLost).isEmpty();
    }

    @Override
    public void onAssigned(PartitionSet partitions) {
        if (partitions.isEmpty() || started.minus(started.minus(partitions)).size() > 0) {
            world.violation(process + " was started twice: " + partitions.toRanges());
        }
        started = started.plus(partitions);
        mayFail();
    }

    @Override
    public void onRevoked(PartitionSet partitions) {
        if (partitions.isEmpty() || !partitions.minus(started).isEmpty()) {
            world.violation(process + " was stopped without a start: " + partitions.toRanges());
        }
        started = started.minus(partitions);
        mayFail();
    }

    private void mayFail() {
        if (world.conditions().errors() > 0 && world.misfortune(0.05)) {
            throw new SimEnvironment.SimulatedError();
        }
    }
}
