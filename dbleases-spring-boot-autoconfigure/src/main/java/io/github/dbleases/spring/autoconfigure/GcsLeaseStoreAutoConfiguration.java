package io.github.dbleases.spring.autoconfigure;

import com.google.cloud.storage.Storage;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackendConfig;
import io.github.dbleases.keyvalue.gcs.GcsCredentials;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.store.StoreSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/** Configures documents in Google Cloud Storage, with the application's client of it if there is one. */
@AutoConfiguration(
        before = KeyValueLeaseStoreAutoConfiguration.class,
        afterName = "com.google.cloud.spring.autoconfigure.storage.GcpStorageAutoConfiguration")
@ConditionalOnClass(Storage.class)
@Conditional(OnSwitchedOn.class)
@ConditionalOnProperty(name = "dbleases.store.type", havingValue = "gcs")
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class, KeyValueBackend.class})
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class GcsLeaseStoreAutoConfiguration {

    @Bean
    @Lazy
    GcsBackend dbLeasesGcsBackend(DbLeasesProperties properties, ObjectProvider<Storage> storage) {
        DbLeasesProperties.Store.Gcs gcs = properties.store().gcs();
        String bucket = StoreSettings.required(
                "gcs", "dbleases.store.gcs.bucket", gcs.bucket(), "the name of a bucket that all instances share");
        return new GcsBackend(
                storage.getIfAvailable(GcsCredentials::storageWithDefaultCredentials),
                new GcsBackendConfig(bucket, gcs.prefix(), properties.timing().attemptTimeout()));
    }
}
