package io.github.dbleases.spring.actuate;

import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/** Auto-configuration for the page that shows the endpoint {@code leases}. */
@AutoConfiguration(after = {DbLeasesAutoConfiguration.class, LeasesEndpointAutoConfiguration.class})
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "dbleases.page.enabled")
public final class LeasesPageAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LeasesPageAutoConfiguration.class);

    /** A page that is switched on and can't be reached is a mistake. */
    @Bean
    SmartInitializingSingleton dbLeasesPageCheck(ObjectProvider<LeasesPageEndpoint> page) {
        return () -> {
            if (page.getIfAvailable() == null) {
                log.warn(
                        "dbleases.page.enabled=true has no effect, because the endpoints leases and leasespage are not both"
                                + " available over HTTP. Add both to management.endpoints.web.exposure.include.");
            }
        };
    }

    /** The page reads the endpoint {@code leases}, so both must be exposed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(LeasesEndpoint.class)
    @ConditionalOnAvailableEndpoint(endpoint = LeasesEndpoint.class, exposure = EndpointExposure.WEB)
    @ImportRuntimeHints(Files.class)
    static class ExposedConfiguration {

        @Bean
        @ConditionalOnAvailableEndpoint(endpoint = LeasesPageEndpoint.class, exposure = EndpointExposure.WEB)
        LeasesPageEndpoint dbLeasesPageEndpoint(
                ObjectProvider<PathMappedEndpoints> paths,
                EndpointAccessResolver access,
                @Value("${spring.application.name:}") String application) {
            return new LeasesPageEndpoint(paths::getObject, access, application);
        }
    }

    /** Puts the files into a native image. */
    static final class Files implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern("io/github/dbleases/spring/actuate/page/*");
        }
    }
}
