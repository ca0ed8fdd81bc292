package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.actuate.LeasesEndpoint;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** "Lease" is a word of many a business: none of our beans has a name that an application may want for its own. */
class BeanNamesTests {

    private static final PostgresDatabase DATABASE = PostgresServer.newest().freshDatabase();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DataSourceAutoConfiguration.class, ObservationAutoConfiguration.class))
            .withConfiguration(AutoConfigurations.of(ours()))
            .withPropertyValues(
                    "spring.datasource.url=" + DATABASE.jdbcUrl(),
                    "spring.datasource.username=" + DATABASE.user(),
                    "spring.datasource.password=" + DATABASE.password(),
                    "management.endpoints.web.exposure.include=leases",
                    "management.endpoints.jmx.exposure.include=leases",
                    "dbleases.leases.orders.partitions=4");

    private static Class<?>[] ours() {
        List<Class<?>> found = new ArrayList<>();
        for (String name : ImportCandidates.load(AutoConfiguration.class, BeanNamesTests.class.getClassLoader())) {
            if (name.startsWith("io.github.dbleases.")) {
                found.add(load(name));
            }
        }
        return found.toArray(Class<?>[]::new);
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "memory", "jdbc", "file"})
    void eachBeanHasThePrefixOfTheLibrary(String store, @TempDir Path directory) {
        application
                .withPropertyValues("dbleases.store.type=" + store, "dbleases.store.file.directory=" + directory)
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(LeaseClient.class);
                    ConfigurableListableBeanFactory beans = context.getBeanFactory();
                    assertThat(Arrays.stream(context.getBeanDefinitionNames())
                                    .filter(name -> isOurs(beans.getBeanDefinition(name))))
                            .contains("dbLeasesClient")
                            .allMatch(name -> name.startsWith("dbLeases")
                                    || name.startsWith("dbleases")
                                    || name.startsWith("io.github.dbleases.")
                                    || name.equals("ordersLease"));
                });
    }

    private static boolean isOurs(BeanDefinition definition) {
        return String.valueOf(definition.getFactoryBeanName()).startsWith("io.github.dbleases.")
                || String.valueOf(definition.getBeanClassName()).startsWith("io.github.dbleases.");
    }

    @Test
    void beansOfTheApplicationMayHaveAnyName() {
        application.withUserConfiguration(Business.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(LeaseClient.class).hasSingleBean(LeaseStore.class);
            assertThat(context.getBean("leaseClient")).isEqualTo("rents cars");
            assertThat(context.getBean("leaseStore")).isEqualTo("sells contracts");
            assertThat(context).hasSingleBean(LeasesEndpoint.class);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Business {

        @Bean
        String leaseClient() {
            return "rents cars";
        }

        @Bean
        String leaseStore() {
            return "sells contracts";
        }

        @Bean
        String leasesEndpoint() {
            return "/leases";
        }

        @Bean
        Object taskTables() {
            return new Object();
        }
    }
}
