package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.spring.migration.InvalidSchemaException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains how the tables differ from those of this version. */
final class InvalidSchemaFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSchemaException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSchemaException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
}
