package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;

/** Makes the leases that are configured. */
final class LeaseFactory {

    private final LeaseClient client;

    LeaseFactory(LeaseClient client) {
        this.client = client;
    }

    Lease lease(String name, int partitions) {
        return client.lease(name, partitions);
    }
}
