package io.github.dbleases.spring.migration;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Checks that the tables are those of this version. When the database cannot be reached, the application starts all the
 * same, and the check is made in the background once the database answers; what it finds is then logged as an error.
 */
public final class ValidatingSchemaInitializer implements SchemaInitializer, SmartLifecycle {

    private static final Logger LOGGER = LoggerFactory.getLogger(ValidatingSchemaInitializer.class);

    private final LeaseMigrations migrations;
    private final Duration retryInterval;
    private volatile boolean pending;
    private volatile @Nullable Thread later;

    /**
     * Prepares the check.
     *
     * @param retryInterval the time between two attempts in the background
     */
    public ValidatingSchemaInitializer(LeaseMigrations migrations, Duration retryInterval) {
        this.migrations = migrations;
        this.retryInterval = retryInterval;
    }

    @Override
    public void afterPropertiesSet() {
        try {
            migrations.validate();
        } catch (StoreUnavailableException unreachable) {
            pending = true;
            LOGGER.warn(
                    "{} The application starts all the same; the tables are validated once the database answers.",
                    unreachable.getMessage());
        }
    }

    @Override
    public void start() {
        if (pending) {
            Thread thread = new Thread(this::validateLater, "dbleases-validation");
            thread.setDaemon(true);
            later = thread;
            thread.start();
        }
    }

    private void validateLater() {
        try {
            while (pending) {
                Thread.sleep(retryInterval.toMillis());
                attempt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            later = null;
        }
    }

    private void attempt() {
        try {
            migrations.validate();
            pending = false;
            LOGGER.info("The tables of dbleases are valid.");
        } catch (StoreUnavailableException unreachable) {
            LOGGER.debug("The tables of dbleases are still to be validated.", unreachable);
        } catch (DbLeasesException invalid) {
            pending = false;
            LOGGER.error("{}", invalid.getMessage());
        } catch (RuntimeException failed) {
            pending = false;
            LOGGER.error("Cannot validate the tables of dbleases.", failed);
        }
    }

    @Override
    public void stop() {
        Thread thread = later;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Returns whether the check is still to be made in the background. */
    @Override
    public boolean isRunning() {
        return later != null;
    }
}
