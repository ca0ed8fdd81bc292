package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.DbLeasesException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/**
 * Prints the problem and the remedy that a {@link DbLeasesException} carries, and names the properties of the settings that
 * it mentions.
 */
final class DbLeasesFailureAnalyzer extends AbstractFailureAnalyzer<DbLeasesException> implements Ordered {

    /** Settings whose name is not the last part of their property. */
    private static final Map<String, String> OTHERS = Map.of(
            "balanceLeaderships", "dbleases.leaders.balance",
            "notifications", "dbleases.notifications.enabled",
            "historyRetention", "dbleases.history.retention",
            "dataSource", "spring.datasource.url or dbleases.connection.url");

    private final boolean flyway;

    DbLeasesFailureAnalyzer() {
        this(isPresent("org.flywaydb.core.Flyway")
                && isPresent("org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension"));
    }

    DbLeasesFailureAnalyzer(boolean flyway) {
        this.flyway = flyway;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, DbLeasesException cause) {
        String action = cause.remedy();
        if (action == null) {
            return null;
        }
        action += hint(cause.settings());
        if (!flyway && action.contains("dbleases.migration.mode")) {
            action += " Flyway for PostgreSQL is not on the class path, so dbleases.migration.mode has no effect: "
                    + "add org.flywaydb:flyway-core and org.flywaydb:flyway-database-postgresql to let it work.";
        }
        return new FailureAnalysis(cause.problem(), action, cause);
    }

    private static String hint(List<String> settings) {
        if (settings.isEmpty()) {
            return "";
        }
        String properties =
                settings.stream().map(DbLeasesFailureAnalyzer::property).collect(Collectors.joining(", "));
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
        if (other != null) {
            return other;
        }
        String dashed = DataObjectPropertyName.toDashedForm(setting);
        List<String> all = ConfiguredNames.PROPERTIES.unnamed();
        return Stream.of("dbleases." + dashed)
                .filter(all::contains)
                .findFirst()
                .or(() -> all.stream()
                        .filter(property -> property.endsWith("." + dashed))
                        .findFirst())
                .orElse("dbleases." + dashed);
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, DbLeasesFailureAnalyzer.class.getClassLoader());
    }

    /** Comes before Spring Boot's analyzers, which also look at the causes of our exceptions, but know less about them. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
