package io.github.dbleases.keyvalue;

import io.github.dbleases.spi.LeaseStore;
import java.time.Duration;

/** A key-value store on the clocks of the machine, which a test can move forward. */
public final class StoreOnSettableHost {

    private final SettableHost host = new SettableHost();
    private final LeaseStore store;

    public StoreOnSettableHost(KeyValueBackend backend) {
        this.store = new KeyValueLeaseStore(backend, host);
    }

    public LeaseStore store() {
        return store;
    }

    /** Moves both clocks forward. */
    public void advance(Duration by) {
        host.advance(by);
    }
}
