package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.LeaseConflictException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that a lease is in use with another number of partitions or as another kind. */
final class LeaseConflictFailureAnalyzer extends AbstractFailureAnalyzer<LeaseConflictException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LeaseConflictException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                ("Give the lease a new name, for example dbleases.leases[%1$s-2].partitions: then instances with the old "
                                + "name and instances with the new one run side by side. Or stop all instances that use "
                                + "'%1$s' before you start one that asks for it differently.")
                        .formatted(cause.lease()),
                cause);
    }
}
