package io.github.dbleases.test.contract;

import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.WorkChannel;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

/**
 * The contract of {@link LeaseStore} as a test suite. A store that passes it behaves as the engine expects.
 *
 * <pre>{@code
 * class RedisLeaseStoreTests extends LeaseStoreContract {
 *
 *     RedisLeaseStoreTests() {
 *         super(RedisUnderTest::new);
 *     }
 * }
 * }</pre>
 *
 * <p>Requires JUnit Jupiter and AssertJ on the test class path.
 */
public abstract class LeaseStoreContract {

    private final Supplier<? extends StoreUnderTest> stores;

    /**
     * Creates the suite.
     *
     * @param stores called once for each test, returns an empty store
     */
    protected LeaseStoreContract(Supplier<? extends StoreUnderTest> stores) {
        this.stores = stores;
    }

    final StoreUnderTest newStore() {
        return stores.get();
    }

    /** The contract of {@link HeartbeatChannel}. */
    @Nested
    class Heartbeats extends HeartbeatChannelContract {

        @Override
        StoreUnderTest newStore() {
            return LeaseStoreContract.this.newStore();
        }
    }

    /** The contract of {@link WorkChannel}. */
    @Nested
    class Work extends WorkChannelContract {

        @Override
        StoreUnderTest newStore() {
            return LeaseStoreContract.this.newStore();
        }
    }

    /** The contract of {@link LeaseTransaction}. */
    @Nested
    class Transactions extends LeaseTransactionContract {

        @Override
        StoreUnderTest newStore() {
            return LeaseStoreContract.this.newStore();
        }
    }

    /** What a store keeps for leader elections. */
    @Nested
    class Elections extends ElectionContract {

        @Override
        StoreUnderTest newStore() {
            return LeaseStoreContract.this.newStore();
        }
    }

    /** What a store keeps for sessions that share tasks. */
    @Nested
    class TaskMemberships extends TaskMembershipContract {

        @Override
        StoreUnderTest newStore() {
            return LeaseStoreContract.this.newStore();
        }
    }
}
