package io.github.dbleases.spring.migration;

import io.github.dbleases.StoreUnavailableException;

/** Creates or upgrades the tables; without the database the application does not start. */
public final class MigratingSchemaInitializer implements SchemaInitializer {

    private final LeaseMigrations migrations;

    public MigratingSchemaInitializer(LeaseMigrations migrations) {
        this.migrations = migrations;
    }

    @Override
    public void afterPropertiesSet() {
        try {
            migrations.migrate();
        } catch (StoreUnavailableException unreachable) {
            String remedy = unreachable.remedy() == null ? "See to the database." : unreachable.remedy();
            throw new StoreUnavailableException(
                    unreachable.problem(),
                    remedy + " Or set dbleases.migration.mode=validate to let the application start without the "
                            + "database: it then takes part once the database answers.",
                    unreachable.getCause());
        }
    }
}
