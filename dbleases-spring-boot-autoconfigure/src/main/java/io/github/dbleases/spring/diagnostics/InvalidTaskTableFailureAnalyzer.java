package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.InvalidTaskTableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains what is wrong with the table of a task runner. */
final class InvalidTaskTableFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTaskTableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidTaskTableException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Change the table, with a migration of the application, or the properties dbleases.runners.<name>.* that "
                        + "name it and its columns. The runner looks at them when all migrations have run.",
                cause);
    }
}
