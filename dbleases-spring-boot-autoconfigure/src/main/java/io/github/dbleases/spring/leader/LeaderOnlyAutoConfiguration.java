package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;

/**
 * Auto-configuration for methods with {@link LeaderOnly}. It applies without a {@link LeaseClient} too: an application
 * with such methods must not run them in every instance.
 */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class LeaderOnlyAutoConfiguration {

    @Bean
    @Lazy(false)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Candidacies dbLeasesLeaderOnlyCandidacies(
            ApplicationContext context,
            ObjectProvider<LeaseClient> client,
            ObjectProvider<DbLeasesProperties> properties,
            @Qualifier(DbLeasesAutoConfiguration.METRICS_BEAN) ObjectProvider<ClientObserver> metrics) {
        return new Candidacies(
                context,
                client,
                () -> metrics.getIfAvailable(() -> ClientObserver.NONE),
                () -> startWait(properties.getObject()),
                DbLeasesAutoConfiguration.CLIENT_PHASE + 1);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyPostProcessor dbLeasesLeaderOnlyPostProcessor(Candidacies candidacies) {
        return new LeaderOnlyPostProcessor(candidacies);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyPostProcessor.EarlyBeans dbLeasesLeaderOnlyEarlyBeans() {
        return new LeaderOnlyPostProcessor.EarlyBeans();
    }

    /** An expired session is marked dead one TTL after this instance has opened its own. The rest is time to do it. */
    private static Duration startWait(DbLeasesProperties properties) {
        Duration configured = properties.leaders().startWait();
        return configured != null ? configured : properties.ttl().multipliedBy(2);
    }
}
