package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/** Configures a {@link LeaseStore} in the memory of this instance, for tests and for one instance alone. */
@AutoConfiguration(before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(InMemoryLeaseStore.class)
@Conditional(OnSwitchedOn.class)
@ConditionalOnProperty(name = "dbleases.store.type", havingValue = "memory")
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class, KeyValueBackend.class})
public final class MemoryLeaseStoreAutoConfiguration {

    @Bean
    @Lazy
    InMemoryLeaseStore dbLeasesStore() {
        return new InMemoryLeaseStore();
    }
}
