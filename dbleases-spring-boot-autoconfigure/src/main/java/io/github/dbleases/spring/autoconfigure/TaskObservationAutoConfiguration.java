package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.spring.observation.ObservedTasks;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Configures the observation of task runners, where there is an {@link ObservationRegistry}. */
@AutoConfiguration(
        before = TaskRunnersAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({TaskRunner.class, ObservationRegistry.class})
@ConditionalOnBean(ObservationRegistry.class)
public final class TaskObservationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ObservedTasks dbLeasesObservedTasks(ObservationRegistry registry) {
        return new ObservedTasks(registry);
    }
}
