package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Configures a {@link Lease} bean for each {@code dbleases.leases.<name>}. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(Lease.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import({LeaseBeanRegistrar.class, BuildTimeSettings.Registrar.class})
public final class LeaseBeansAutoConfiguration {}
