package io.github.dbleases.spring.store;

import io.github.dbleases.StoreUnusableException;
import java.util.List;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Fails the start of an application that chose a store which could not be configured, and says what it lacks. It does so
 * before any bean is made, as a bean that asks for a lease would fail with less to say.
 */
public final class MissingStore implements BeanClassLoaderAware, BeanFactoryPostProcessor {

    private static final List<String> JDBC = List.of(
            "org.springframework.boot.jdbc.DataSourceBuilder",
            "org.springframework.jdbc.datasource.SimpleDriverDataSource");

    private static final List<String> GCS = List.of("com.google.cloud.storage.Storage");

    private final String type;
    private ClassLoader classLoader = MissingStore.class.getClassLoader();

    public MissingStore(String type) {
        this.type = type;
    }

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        this.classLoader = classLoader;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        throw switch (type) {
            case "gcs" -> isPresent(GCS) ? unexplained() : lacks("com.google.cloud:google-cloud-storage");
            case "jdbc" ->
                isPresent(JDBC)
                        ? withoutDatabase("")
                        : lacks("org.springframework.boot:spring-boot-starter-jdbc and the driver of the database");
            case "postgres" ->
                isPresent(JDBC)
                        ? withoutDatabase(" of a PostgreSQL database")
                        : lacks("org.springframework.boot:spring-boot-starter-jdbc and org.postgresql:postgresql");
            default -> unexplained();
        };
    }

    private boolean isPresent(List<String> types) {
        return types.stream().allMatch(required -> ClassUtils.isPresent(required, classLoader));
    }

    private StoreUnusableException lacks(String artifacts) {
        return new StoreUnusableException(
                "dbleases.store.type is '%s', but what that store needs is not on the class path.".formatted(type),
                "Add the dependency %s, or choose another dbleases.store.type.".formatted(artifacts));
    }

    private StoreUnusableException withoutDatabase(String product) {
        return new StoreUnusableException(
                "dbleases.store.type is '%s', but there is no DataSource and no dbleases.connection.url."
                        .formatted(type),
                "Set spring.datasource.url or dbleases.connection.url to the URL%s, or choose another dbleases.store.type."
                        .formatted(product));
    }

    private StoreUnusableException unexplained() {
        return new StoreUnusableException(
                "dbleases.store.type is '%s', but there is no such store in this application.".formatted(type),
                "Do not exclude the auto-configurations of dbleases, and mark one of several beans of type KeyValueBackend as the "
                        + "primary one.");
    }
}
