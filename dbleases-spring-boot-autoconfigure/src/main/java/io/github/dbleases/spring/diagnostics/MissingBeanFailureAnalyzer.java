package io.github.dbleases.spring.diagnostics;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Explains what is to be configured for a {@link Lease}, {@link TaskRunner} or {@link LeaseClient} that a bean asks for. */
final class MissingBeanFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        if (cause instanceof NoUniqueBeanDefinitionException || cause.getBeanType() == null) {
            return null;
        }
        if (cause.getBeanType() == Lease.class) {
            return new FailureAnalysis(
                    "A bean asks for a Lease that is not there: " + cause.getMessage(),
                    "Set dbleases.leases.<name>.partitions for the lease, and use that name as the qualifier: "
                            + "@Qualifier(\"<name>\").",
                    cause);
        }
        if (cause.getBeanType() == TaskRunner.class) {
            return new FailureAnalysis(
                    "A bean asks for a TaskRunner that is not there: " + cause.getMessage(),
                    "Set dbleases.runners.<name>.table for the runner, and use that name as the qualifier: "
                            + "@Qualifier(\"<name>\").",
                    cause);
        }
        if (cause.getBeanType() == LeaseClient.class) {
            return new FailureAnalysis(
                    "A LeaseClient is needed, but dbleases does not know where to keep its leases: there is no DataSource, "
                            + "no dbleases.connection.url and no LeaseStore bean.",
                    "Configure a PostgreSQL database with spring.datasource.url (and spring-boot-starter-jdbc on the class "
                            + "path) or with dbleases.connection.url, or choose another place with dbleases.store.type, "
                            + "or define a LeaseStore bean, or set dbleases.enabled=false.",
                    cause);
        }
        return null;
    }

    /** Before the analyzer of Spring Boot, which can only say that a bean is missing. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
