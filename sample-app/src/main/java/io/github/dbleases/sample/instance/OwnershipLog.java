package io.github.dbleases.sample.instance;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseListener;
import io.github.dbleases.PartitionSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Logs which partitions come and go. */
@Component
class OwnershipLog implements LeaseListener {

    private static final Logger log = LoggerFactory.getLogger(OwnershipLog.class);

    private final Lease lease;

    OwnershipLog(@Qualifier("orders") Lease lease) {
        this.lease = lease;
        lease.addListener(this);
    }

    @Override
    public void onAssigned(PartitionSet partitions) {
        log.info("+{} partitions of {}: {}", partitions.size(), lease.name(), partitions.toRanges());
    }

    @Override
    public void onRevoked(PartitionSet partitions) {
        log.info("-{} partitions of {}: {}", partitions.size(), lease.name(), partitions.toRanges());
    }
}
