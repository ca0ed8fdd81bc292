package io.github.dbleases.spring.actuate;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the actuator endpoint {@code leases}. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(LeaseClient.class)
@ConditionalOnAvailableEndpoint(LeasesEndpoint.class)
public final class LeasesEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LeasesEndpoint dbLeasesEndpoint(LeaseClient client, ObjectProvider<TaskRunner> runners) {
        return new LeasesEndpoint(client, () -> runners.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(LeasesEndpoint.class)
    @ConditionalOnAvailableEndpoint(endpoint = LeasesEndpoint.class, exposure = EndpointExposure.WEB)
    LeasesEndpointWebExtension dbLeasesEndpointWebExtension(LeasesEndpoint endpoint) {
        return new LeasesEndpointWebExtension(endpoint);
    }
}
