package io.github.dbleases.spring.actuate;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the health contributor {@code dbleases}. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(LeaseClient.class)
@ConditionalOnEnabledHealthIndicator("dbleases")
@ConditionalOnBooleanProperty(name = "dbleases.enabled", matchIfMissing = true)
public final class LeasesHealthAutoConfiguration {

    @Bean("dbleasesHealthIndicator")
    @ConditionalOnMissingBean(name = {"dbleasesHealthIndicator", "dbleasesHealthContributor"})
    HealthIndicator dbLeasesHealthIndicator(LeaseClient client) {
        return new LeasesHealthIndicator(client);
    }
}
