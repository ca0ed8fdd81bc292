package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.spring.jdbc.JdbcUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Explains why Spring Boot cannot make the DataSource: the URL has the wrong prefix, or there is no URL because the store
 * needs no database, but the starter brings the dependencies that make Spring Boot configure one.
 */
final class DataSourceFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException> implements Ordered {

    private static final String URL = "spring.datasource.url";

    /** Not accessible; thrown when there is no URL, or one from which no driver follows. */
    private static final String NO_DRIVER =
            "org.springframework.boot.jdbc.autoconfigure.DataSourceProperties$DataSourceBeanCreationException";

    private final Environment environment;
    private final @Nullable String url;

    DataSourceFailureAnalyzer(Environment environment) {
        this.environment = environment;
        this.url = environment.getProperty(URL);
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanCreationException cause) {
        if (!isWithoutDriver(cause)) {
            return null;
        }
        if (StringUtils.hasText(url)) {
            DbLeasesException unknown = JdbcUrl.unknown(url, URL);
            return new FailureAnalysis(unknown.problem(), unknown.remedy(), cause);
        }
        StoreType type = StoreType.chosen(environment);
        if (type.usesDatabase()) {
            return null;
        }
        return new FailureAnalysis(
                "Spring Boot configures a DataSource, but nothing says where the database is. dbleases needs none, as "
                        + "dbleases.store.type is '" + type.word() + "'.",
                "If the application has no database, exclude spring-boot-starter-jdbc, flyway-core, "
                        + "flyway-database-postgresql and postgresql from dbleases-spring-boot-starter, or set "
                        + "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration. "
                        + "If it has one, set spring.datasource.url.",
                cause);
    }

    private static boolean isWithoutDriver(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean withoutPrefix = cause instanceof IllegalArgumentException
                    && String.valueOf(cause.getMessage()).contains("must start with \"jdbc\"");
            if (withoutPrefix || cause.getClass().getName().equals(NO_DRIVER)) {
                return true;
            }
        }
        return false;
    }

    /** Comes before Spring Boot's analyzer, which knows that there is no driver, but not why. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
