package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.spring.jdbc.UnderivableDataSourceException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains how to say where to connect to when the application's data source does not tell. */
final class UnderivableDataSourceFailureAnalyzer extends AbstractFailureAnalyzer<UnderivableDataSourceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnderivableDataSourceException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Set dbleases.connection.url, dbleases.connection.user and dbleases.connection.password, "
                        + "or put @DbLeasesDataSource on another DataSource bean.",
                cause);
    }
}
