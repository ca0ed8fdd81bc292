package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.InvalidLeaseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains which limits the name or the number of partitions of a lease breaks. */
final class InvalidLeaseFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLeaseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidLeaseException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Set dbleases.leases.<name>.partitions to a number from 1 to 100,000, for a name that is allowed. "
                        + "A name with other characters than letters, digits and '-' is written in brackets: "
                        + "dbleases.leases[a/b].partitions=8",
                cause);
    }
}
