package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.spring.tasks.RefusedTaskRunnerException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains what a task runner lacks. */
final class RefusedTaskRunnerFailureAnalyzer extends AbstractFailureAnalyzer<RefusedTaskRunnerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedTaskRunnerException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
}
