package io.github.dbleases.spring.migration;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Migration.Mode;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.SmartLifecycle;

/**
 * Migrates or validates the tables when it is initialized: after everything that the application does to its database
 * itself, and before the client is created.
 *
 * <p>Without the database, an application that migrates does not start. One that only validates does: the check is repeated
 * in the background until the database answers, and what it finds then is logged as an error.
 */
final class SchemaInitializer implements InitializingBean, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SchemaInitializer.class);

    private final Mode mode;
    private final Supplier<LeaseMigrations> migrations;
    private final Duration retryInterval;
    private volatile boolean pending;
    private volatile @Nullable Thread later;

    /**
     * Prepares to do what a mode asks for.
     *
     * @param migrations the migrations, which are not needed for {@link Mode#NONE}
     * @param retryInterval the time between two attempts in the background
     */
    SchemaInitializer(Mode mode, Supplier<LeaseMigrations> migrations, Duration retryInterval) {
        this.mode = mode;
        this.migrations = migrations;
        this.retryInterval = retryInterval;
    }

    @Override
    public void afterPropertiesSet() {
        switch (mode) {
            case MIGRATE -> migrate();
            case VALIDATE -> validate();
            case NONE -> {}
        }
    }

    private void migrate() {
        try {
            migrations.get().migrate();
        } catch (StoreUnavailableException unreachable) {
            String remedy = unreachable.remedy() == null ? "Check the database." : unreachable.remedy();
            throw new StoreUnavailableException(
                    unreachable.problem(),
                    remedy
                            + " Or set dbleases.migration.mode=validate to start the application without the database: it "
                            + "then takes part once the database answers.",
                    unreachable.getCause());
        }
    }

    private void validate() {
        try {
            migrations.get().validate();
        } catch (StoreUnavailableException unreachable) {
            pending = true;
            log.warn(
                    "{} The application starts without it. The tables are validated once the database answers.",
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
            migrations.get().validate();
            pending = false;
            log.info("The tables of dbleases are valid.");
        } catch (StoreUnavailableException unreachable) {
            log.debug("The tables of dbleases have not been validated yet.", unreachable);
        } catch (DbLeasesException invalid) {
            pending = false;
            log.error("{}", invalid.getMessage());
        } catch (RuntimeException failed) {
            pending = false;
            log.error("Cannot validate the tables of dbleases.", failed);
        }
    }

    @Override
    public void stop() {
        Thread thread = later;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Returns whether the check is being repeated in the background. */
    @Override
    public boolean isRunning() {
        return later != null;
    }
}
