package io.github.dbleases.spring.diagnostics;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The properties from which the settings that an exception of the core names were taken. */
final class SettingProperties {

    /** Settings whose property is not the setting with the prefix {@code dbleases}. */
    private static final Map<String, String> OTHERS = Map.of(
            "balanceLeaderships", "dbleases.leaders.balance",
            "notifications", "dbleases.notifications.enabled",
            "directory", "dbleases.store.file.directory",
            "bucket", "dbleases.store.gcs.bucket",
            "prefix", "dbleases.store.gcs.prefix",
            "table", "dbleases.store.jdbc.table",
            "createTable", "dbleases.store.jdbc.create-table",
            "dataSource", "spring.datasource.url or dbleases.connection.url");

    private SettingProperties() {}

    /** Returns sentences to append to a remedy: which properties the settings are, and what else they suggest. */
    static String hint(List<String> settings) {
        if (settings.isEmpty()) {
            return "";
        }
        String properties = settings.stream().map(SettingProperties::property).collect(Collectors.joining(", "));
        String hint = settings.size() == 1
                ? " The property is %s.".formatted(properties)
                : " The properties are %s.".formatted(properties);
        if (settings.contains("schema") && settings.contains("tablePrefix")) {
            hint += " Set dbleases.migration.mode=migrate to have the tables created.";
        }
        if (settings.contains("dataSource")) {
            hint += " Or put @DbLeasesDataSource on the DataSource bean that is a PostgreSQL database, or set "
                    + "dbleases.store.type=jdbc to keep leases in a table of this database.";
        }
        return hint;
    }

    private static String property(String setting) {
        String other = OTHERS.get(setting);
        return other != null ? other : "dbleases." + DataObjectPropertyName.toDashedForm(setting);
    }
}
