package io.github.dbleases.test.contract;

import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

/**
 * The contract of a store with a database behind it, which does what not every storage can: it locks leases, counts what was
 * raised for each session alone, sends hints, keeps dead sessions until they are purged, and keeps a history.
 */
public abstract class DatabaseStoreContract extends LeaseStoreContract {

    /**
     * Creates the suite.
     *
     * @param stores is called once for each test and returns an empty store
     */
    protected DatabaseStoreContract(Supplier<? extends StoreUnderTest> stores) {
        super(stores);
    }

    /** What only such a store can do. */
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
