package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/** Configures a {@link LeaseStore} on a {@link KeyValueBackend}, configured or the application's own. */
@AutoConfiguration(before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(KeyValueBackend.class)
@Conditional(OnSwitchedOn.class)
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class})
@ConditionalOnSingleCandidate(KeyValueBackend.class)
public final class KeyValueLeaseStoreAutoConfiguration {

    @Bean
    @Lazy
    KeyValueLeaseStore dbLeasesStore(KeyValueBackend backend) {
        return new KeyValueLeaseStore(backend);
    }
}
