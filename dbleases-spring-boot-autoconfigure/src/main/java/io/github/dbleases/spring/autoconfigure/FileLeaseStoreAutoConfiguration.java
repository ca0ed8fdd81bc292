package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.store.StoreSettings;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/** Configures documents in a directory. */
@AutoConfiguration(before = KeyValueLeaseStoreAutoConfiguration.class)
@ConditionalOnClass(FileBackend.class)
@Conditional(OnSwitchedOn.class)
@ConditionalOnProperty(name = "dbleases.store.type", havingValue = "file")
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class, KeyValueBackend.class})
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class FileLeaseStoreAutoConfiguration {

    @Bean
    @Lazy
    FileBackend dbLeasesFileBackend(DbLeasesProperties properties) {
        String directory = properties.store().file().directory();
        return new FileBackend(Path.of(StoreSettings.required(
                "file", "dbleases.store.file.directory", directory, "a directory that all instances share")));
    }
}
