package io.github.dbleases.store.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.store.LeaseStore;
import io.github.dbleases.store.LeaseStoreContract;
import io.github.dbleases.store.keyvalue.KeyValueBackend.Document;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The contract of a store, on a key-value backend. What only a database can do is not in it: a key-value store has no locks,
 * sends no hints, tells everybody of every change of a lease, and keeps no dead sessions.
 */
public abstract class KeyValueLeaseStoreContract extends LeaseStoreContract {

    private final SettableHost host = new SettableHost();
    private KeyValueLeaseStore store;

    /** Returns the backend of the test, whose storage is empty when the test begins. */
    protected abstract KeyValueBackend backend();

    @Override
    protected final LeaseStore store() {
        if (store == null) {
            store = new KeyValueLeaseStore(backend(), host);
        }
        return store;
    }

    @Override
    protected final void letExpire(long session) {
        host.advance(Duration.ofMinutes(4));
    }

    @Test
    void aSessionWhoseDocumentIsCreatedOnceMoreByARequestThatComesLateIsOverNonetheless() {
        open(1);
        String key = SessionDocument.key(1);
        Document created = backend().get(key).orElseThrow();
        assertThat(heartbeats.renew(1)).isPresent();
        Document renewed = backend().get(key).orElseThrow();
        backend().delete(key, renewed.version());

        backend().put(key, created.content(), null);

        assertThat(heartbeats.renew(1)).isEmpty();
    }
}
