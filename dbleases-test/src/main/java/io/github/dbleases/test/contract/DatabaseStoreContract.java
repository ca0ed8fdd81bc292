package io.github.dbleases.test.contract;

import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

/**
 * The contract of a store on a database, which can do more than other storage: it locks leases, counts the inbox of
 * each session, sends hints, keeps dead sessions until they are purged, and keeps a history.
 */
public abstract class DatabaseStoreContract extends LeaseStoreContract {

    /**
     * Creates the suite.
     *
     * @param stores called once for each test, returns an empty store
     */
    protected DatabaseStoreContract(Supplier<? extends StoreUnderTest> stores) {
        super(stores);
    }

    /** The abilities that only such a store has. */
    @Nested
    class Database extends DatabaseContract {

        @Override
        StoreUnderTest newStore() {
            return DatabaseStoreContract.this.newStore();
        }
    }

    /** The history. */
    @Nested
    class History extends HistoryContract {

        @Override
        StoreUnderTest newStore() {
            return DatabaseStoreContract.this.newStore();
        }
    }
}
