package io.github.dbleases.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.LeaseStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The contract of a store, on a key-value backend. What only a database can do is not in it: a key-value store has no locks,
 * sends no hints, tells everybody of every change of a lease, and keeps no dead sessions.
 */
public abstract class KeyValueLeaseStoreContract extends LeaseStoreContract {

    private final SettableHost host = new SettableHost();
    private KeyValueBackend documents;
    private KeyValueLeaseStore store;

    /** Returns a backend whose storage is empty; called once in each test. */
    protected abstract KeyValueBackend backend();

    @Override
    protected final LeaseStore store() {
        if (store == null) {
            documents = backend();
            store = new KeyValueLeaseStore(documents, host);
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
        Document created = documents.get(key).orElseThrow();
        assertThat(heartbeats.renew(1)).isPresent();
        Document renewed = documents.get(key).orElseThrow();
        documents.delete(key, renewed.version());

        documents.put(key, created.content(), null);

        assertThat(heartbeats.renew(1)).isEmpty();
    }
}
