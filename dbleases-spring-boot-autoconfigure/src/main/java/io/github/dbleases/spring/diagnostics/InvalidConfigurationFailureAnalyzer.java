package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.InvalidConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains which settings contradict each other or are outside their limits. */
final class InvalidConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationException> {

    private static final String RULES = " The times must satisfy dbleases.heartbeat <= dbleases.ttl / 3 and "
            + "dbleases.heartbeat + 2 * dbleases.attempt-timeout + dbleases.margin <= dbleases.ttl.";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidConfigurationException cause) {
        String problem = String.valueOf(cause.getMessage());
        return new FailureAnalysis(
                "The configuration of dbleases is not valid: " + problem,
                "Change the property of that name with the prefix 'dbleases.'."
                        + (problem.contains("ttl") ? RULES : ""),
                cause);
    }
}
