package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.spring.leader.RefusedLeaderOnlyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why a method cannot be kept to the leader. */
final class RefusedLeaderOnlyFailureAnalyzer extends AbstractFailureAnalyzer<RefusedLeaderOnlyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedLeaderOnlyException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
}
