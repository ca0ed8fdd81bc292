package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;

/** Makes the leases that are configured, with the settings of when the application runs. */
final class LeaseFactory {

    private final LeaseClient client;
    private final DbLeasesProperties properties;

    LeaseFactory(LeaseClient client, DbLeasesProperties properties) {
        this.client = client;
        this.properties = properties;
    }

    Lease lease(String name) {
        DbLeasesProperties.Lease configured = properties.leases().get(name);
        if (configured == null) {
            throw BuildTimeSettings.missing("dbleases.leases." + name + ".partitions");
        }
        return client.lease(name, configured.partitions());
    }
}
