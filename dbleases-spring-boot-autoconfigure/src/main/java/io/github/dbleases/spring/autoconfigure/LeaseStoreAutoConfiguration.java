package io.github.dbleases.spring.autoconfigure;

import com.google.cloud.storage.Storage;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import io.github.dbleases.keyvalue.file.FileBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackend;
import io.github.dbleases.keyvalue.gcs.GcsBackendConfig;
import io.github.dbleases.keyvalue.gcs.GcsCredentials;
import io.github.dbleases.keyvalue.jdbc.JdbcBackend;
import io.github.dbleases.keyvalue.jdbc.JdbcBackendConfig;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.jdbc.ConnectionOverrides;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Auto-configuration for the {@link LeaseStore} that {@code dbleases.store.type} chooses.
 *
 * <p>A type of store is a constant of {@link StoreType}, which declares what the type needs and which settings are its own, and
 * a nested configuration here, which makes its beans. A store, a key-value backend or a client of the application comes
 * first, whatever the type.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "com.google.cloud.spring.autoconfigure.storage.GcpStorageAutoConfiguration"
        })
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class})
@Conditional(OnSwitchedOn.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class LeaseStoreAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LeaseStoreAutoConfiguration.class);

    /** Stores in a database, with connections of their own. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnStoreType({StoreType.POSTGRES, StoreType.JDBC})
    @Conditional(OnDatabase.class)
    @Import(DatabaseInitializationDependencyConfigurer.class)
    static class Database {

        /** Connects to the marked data source, or else to the primary one. With a URL of its own, neither is needed. */
        @Bean
        @Lazy
        DbLeasesConnections dbLeasesConnections(
                DbLeasesProperties properties,
                Environment environment,
                @DbLeasesDataSource ObjectProvider<DataSource> marked,
                ObjectProvider<DataSource> all) {
            DbLeasesProperties.Connection own = properties.connection();
            return new DbLeasesConnections(
                    own.url() == null
                            ? DbLeasesConnections.markedOrPrimary(marked, all)
                            : marked.getIfAvailable(all::getIfUnique),
                    new ConnectionOverrides("dbleases.connection", own.url(), own.user(), own.password()),
                    properties.clientConfig(environment));
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnStoreType(StoreType.POSTGRES)
        static class Postgres {

            @Bean
            @Lazy
            PostgresLeaseStore dbLeasesStore(DbLeasesConnections connections, DbLeasesProperties properties) {
                return new PostgresLeaseStore(
                        connections.forLeases(),
                        PostgresStoreConfig.builder()
                                .schema(properties.schema())
                                .tablePrefix(properties.tablePrefix())
                                .notifications(properties.notifications().enabled())
                                .historyRetention(properties.history().effectiveRetention())
                                .build());
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnStoreType(StoreType.JDBC)
        static class Jdbc {

            @Bean
            @Lazy
            JdbcBackend dbLeasesJdbcBackend(DbLeasesConnections connections, DbLeasesProperties properties) {
                if (connections.arePostgres()) {
                    // No error: for a database that only speaks PostgreSQL's protocol, this type is the right one.
                    log.warn(
                            "dbleases.store.type is 'jdbc', but the database is reached with the driver of PostgreSQL. "
                                    + "Set dbleases.store.type=postgres, which has notifications and the fence for "
                                    + "transactions, unless the database is not PostgreSQL itself.");
                }
                DbLeasesProperties.Store.Jdbc jdbc = properties.store().jdbc();
                return new JdbcBackend(
                        connections.forLeases(),
                        new JdbcBackendConfig(
                                jdbc.table(),
                                jdbc.createTable(),
                                properties.timing().attemptTimeout()));
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnStoreType(StoreType.FILE)
    static class File {

        @Bean
        @Lazy
        FileBackend dbLeasesFileBackend(DbLeasesProperties properties) {
            return new FileBackend(Path.of(required(
                    StoreType.FILE,
                    "directory",
                    properties.store().file().directory(),
                    "a directory that all instances share")));
        }
    }

    /** With the application's client for Google Cloud Storage if there is one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnStoreType(StoreType.GCS)
    static class Gcs {

        @Bean
        @Lazy
        GcsBackend dbLeasesGcsBackend(DbLeasesProperties properties, ObjectProvider<Storage> storage) {
            DbLeasesProperties.Store.Gcs gcs = properties.store().gcs();
            String bucket =
                    required(StoreType.GCS, "bucket", gcs.bucket(), "the name of a bucket that all instances share");
            return new GcsBackend(
                    storage.getIfAvailable(GcsCredentials::storageWithDefaultCredentials),
                    new GcsBackendConfig(
                            bucket, gcs.prefix(), properties.timing().attemptTimeout()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnStoreType(StoreType.MEMORY)
    static class Memory {

        @Bean
        @Lazy
        InMemoryLeaseStore dbLeasesStore() {
            return new InMemoryLeaseStore();
        }
    }

    /** On the backend that one of the types above has made, or that the application has defined. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(KeyValueBackend.class)
    @ConditionalOnSingleCandidate(KeyValueBackend.class)
    static class OnKeyValueBackend {

        @Bean
        @Lazy
        KeyValueLeaseStore dbLeasesStore(KeyValueBackend backend) {
            return new KeyValueLeaseStore(backend);
        }
    }

    private static String required(StoreType type, String setting, @Nullable String value, String expected) {
        if (value == null) {
            String property = "dbleases.store.%s.%s".formatted(type.word(), setting);
            throw new StoreUnusableException(
                    "dbleases.store.type is '%s', but %s is not set.".formatted(type.word(), property),
                    "Set %s to %s.".formatted(property, expected));
        }
        return value;
    }

    /**
     * Matches if one of the types is chosen, what it needs is on the class path, and the application has no key-value
     * backend of its own.
     */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    // Before OnKeyValueBackend, which looks for the backend.
    @Order(0)
    @Conditional(OnStoreType.class)
    @ConditionalOnMissingBean(type = "io.github.dbleases.keyvalue.KeyValueBackend")
    @interface ConditionalOnStoreType {

        StoreType[] value();
    }

    static final class OnStoreType extends SpringBootCondition implements ConfigurationCondition {

        @Override
        public ConfigurationPhase getConfigurationPhase() {
            return ConfigurationPhase.REGISTER_BEAN;
        }

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            StoreType[] types =
                    metadata.getAnnotations().get(ConditionalOnStoreType.class).getEnumArray("value", StoreType.class);
            StoreType chosen = StoreType.chosen(context.getEnvironment());
            ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnStoreType.class);
            if (!Arrays.asList(types).contains(chosen)) {
                return ConditionOutcome.noMatch(
                        message.because("dbleases.store.type is '%s'".formatted(chosen.word())));
            }
            Optional<String> missing = chosen.missingDependency(context.getClassLoader());
            return missing.isPresent()
                    ? ConditionOutcome.noMatch(message.didNotFind("dependency").items(missing.get()))
                    : ConditionOutcome.match(message.foundExactly("dbleases.store.type=" + chosen.word()));
        }
    }

    /** Something tells where to connect to. */
    static final class OnDatabase extends AnyNestedCondition {

        OnDatabase() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(DataSource.class)
        static class ApplicationDataSource {}

        @ConditionalOnProperty("dbleases.connection.url")
        static class OwnUrl {}
    }
}
