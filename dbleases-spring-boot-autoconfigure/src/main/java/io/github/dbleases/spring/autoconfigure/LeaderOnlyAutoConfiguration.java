package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.context.ManagedLeaseClient;
import io.github.dbleases.spring.leader.Candidacies;
import io.github.dbleases.spring.leader.EarlyBeans;
import io.github.dbleases.spring.leader.LeaderOnlyPostProcessor;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;

/**
 * Configures what keeps methods with {@link LeaderOnly} to the leader. It is there without a {@link LeaseClient} too: an
 * application that has such methods must not run them everywhere.
 */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(LeaderOnly.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class LeaderOnlyAutoConfiguration {

    @Bean
    @Lazy(false)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Candidacies dbLeasesLeaderOnlyCandidacies(
            ApplicationContext context,
            ObjectProvider<LeaseClient> client,
            ObjectProvider<DbLeasesProperties> properties) {
        return new Candidacies(context, client, () -> startWait(properties.getObject()), ManagedLeaseClient.PHASE + 1);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyPostProcessor dbLeasesLeaderOnlyPostProcessor(Candidacies candidacies) {
        return new LeaderOnlyPostProcessor(candidacies);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EarlyBeans dbLeasesLeaderOnlyEarlyBeans() {
        return new EarlyBeans();
    }

    /** A session that has expired is marked dead a TTL after this instance has opened its own; the rest is for doing it. */
    private static Duration startWait(DbLeasesProperties properties) {
        Duration configured = properties.leaders().startWait();
        return configured != null ? configured : properties.ttl().multipliedBy(2);
    }
}
