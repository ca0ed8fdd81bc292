package io.github.dbleases.spring.migration;

/** Creates or upgrades the tables; without the database the application does not start. */
public final class MigratingSchemaInitializer implements SchemaInitializer {

    private final LeaseMigrations migrations;

    public MigratingSchemaInitializer(LeaseMigrations migrations) {
        this.migrations = migrations;
    }

    @Override
    public void afterPropertiesSet() {
        migrations.migrate();
    }
}
