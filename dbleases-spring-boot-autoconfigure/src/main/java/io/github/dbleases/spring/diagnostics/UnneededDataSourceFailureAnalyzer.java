package io.github.dbleases.spring.diagnostics;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Explains why Spring Boot wants a database although the store needs none: the starter brings what makes it configure
 * one.
 */
final class UnneededDataSourceFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException>
        implements Ordered {

    /** Not accessible; thrown when nothing says where the database is. */
    private static final String NO_URL =
            "org.springframework.boot.jdbc.autoconfigure.DataSourceProperties$DataSourceBeanCreationException";

    private static final Set<String> WITHOUT_DATABASE = Set.of("file", "gcs", "memory");

    private final String type;

    UnneededDataSourceFailureAnalyzer(Environment environment) {
        this.type = environment.getProperty("dbleases.store.type", "postgres");
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanCreationException cause) {
        if (!WITHOUT_DATABASE.contains(type) || !isWithoutUrl(cause)) {
            return null;
        }
        return new FailureAnalysis(
                "Spring Boot configures a DataSource, but nothing says where the database is. dbleases needs none, as "
                        + "dbleases.store.type is '" + type + "'.",
                "If the application has no database, exclude spring-boot-starter-jdbc, flyway-core, "
                        + "flyway-database-postgresql and postgresql from dbleases-spring-boot-starter, or set "
                        + "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration. "
                        + "If it has one, set spring.datasource.url.",
                cause);
    }

    private static boolean isWithoutUrl(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().equals(NO_URL)) {
                return true;
            }
        }
        return false;
    }

    /** Before the analyzer of Spring Boot, which only knows that the URL is missing. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
