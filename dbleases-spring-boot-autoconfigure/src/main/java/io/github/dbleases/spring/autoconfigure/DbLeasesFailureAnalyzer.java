package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/** Prints the problem and the remedy that every {@link DbLeasesException} carries. */
final class DbLeasesFailureAnalyzer extends AbstractFailureAnalyzer<DbLeasesException> implements Ordered {

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
        if (action == null && cause instanceof InvalidConfigurationException) {
            return new FailureAnalysis(
                    "The configuration of dbleases is not valid: " + cause.problem(),
                    "Change the property of that name with the prefix 'dbleases.'.",
                    cause);
        }
        if (action == null) {
            return null;
        }
        if (!flyway && action.contains("dbleases.migration.mode")) {
            action += " Flyway for PostgreSQL is not on the class path, so dbleases.migration.mode has no effect: "
                    + "add org.flywaydb:flyway-core and org.flywaydb:flyway-database-postgresql to let it work.";
        }
        return new FailureAnalysis(cause.problem(), action, cause);
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, DbLeasesFailureAnalyzer.class.getClassLoader());
    }

    /** Before the analyzers of Spring Boot, which look at the causes of our exceptions too and know less of them. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
