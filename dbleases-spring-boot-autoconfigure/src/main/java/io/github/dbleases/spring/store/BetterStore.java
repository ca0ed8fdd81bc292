package io.github.dbleases.spring.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/**
 * Warns who keeps documents in a table of PostgreSQL, which has a store of its own. It is no error, as other databases
 * speak the language of PostgreSQL, and for them a table of documents is right.
 */
public final class BetterStore implements InitializingBean {

    private static final Logger LOGGER = LoggerFactory.getLogger(BetterStore.class);

    private final boolean postgres;

    /**
     * Prepares the warning.
     *
     * @param postgres whether the connections are made by the driver of PostgreSQL
     */
    public BetterStore(boolean postgres) {
        this.postgres = postgres;
    }

    @Override
    public void afterPropertiesSet() {
        if (postgres) {
            LOGGER.warn("dbleases.store.type is 'jdbc', but the database is reached with the driver of PostgreSQL. Set "
                    + "dbleases.store.type=postgres, which has notifications and the fence for transactions, unless the "
                    + "database only speaks the language of PostgreSQL.");
        }
    }
}
