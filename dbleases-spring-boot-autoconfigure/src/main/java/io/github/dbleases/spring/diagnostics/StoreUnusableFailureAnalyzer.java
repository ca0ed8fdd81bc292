package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.StoreUnusableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.ClassUtils;

/** Explains what is missing in the database, or that it is of another product. */
final class StoreUnusableFailureAnalyzer extends AbstractFailureAnalyzer<StoreUnusableException> {

    private final boolean flyway;

    StoreUnusableFailureAnalyzer() {
        this(isPresent("org.flywaydb.core.Flyway")
                && isPresent("org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension"));
    }

    StoreUnusableFailureAnalyzer(boolean flyway) {
        this.flyway = flyway;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StoreUnusableException cause) {
        String action = cause.remedy();
        if (!flyway && action.contains("dbleases.migration.mode")) {
            action += " Flyway for PostgreSQL is not on the class path, so dbleases.migration.mode has no effect: "
                    + "add org.flywaydb:flyway-core and org.flywaydb:flyway-database-postgresql to let it work.";
        }
        return new FailureAnalysis(cause.problem(), action, cause);
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, StoreUnusableFailureAnalyzer.class.getClassLoader());
    }
}
