package io.github.dbleases.spring.metrics;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Auto-configuration for the meters, which need a {@link MeterRegistry} bean. */
@AutoConfiguration(
        after = DbLeasesAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, LeaseClient.class})
public final class LeaseMetricsAutoConfiguration {

    @Bean(DbLeasesAutoConfiguration.METRICS_BEAN)
    @Lazy(false)
    LeaseMetrics dbLeasesMetrics(
            MeterRegistry registry,
            DbLeasesProperties properties,
            ObjectProvider<LeaseClient> client,
            ObjectProvider<TaskRunner> runners) {
        LeaseMetrics metrics = new LeaseMetrics(
                registry, client::getObject, () -> runners.stream().toList());
        properties.leases().keySet().forEach(metrics::registerLease);
        properties.runners().keySet().forEach(metrics::registerRunner);
        return metrics;
    }
}
