package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.FakeLeaseClient;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class LeaseBeansAutoConfigurationTests {

    private final FakeLeaseClient client = new FakeLeaseClient();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DbLeasesAutoConfiguration.class))
            .withBean("client", LeaseClient.class, () -> client);

    @Test
    void withoutLeasesInTheConfigurationThereIsNoBean() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(Lease.class);
        });
    }

    @Test
    void theOnlyLeaseIsFoundByItsType() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .withBean(ByType.class)
                .run(context -> {
                    Lease lease = context.getBean(ByType.class).lease;
                    assertThat(lease.name()).isEqualTo("orders");
                    assertThat(lease.partitions()).isEqualTo(128);
                });
    }

    @Test
    void aLeaseIsJoinedEvenWhenNobodyAsksForIt() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .run(context ->
                        assertThat(client.leases()).extracting(Lease::name).containsExactly("orders"));
    }

    @Test
    void aLeaseIsJoinedEvenWhenBeansAreLazy() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context ->
                        assertThat(client.leases()).extracting(Lease::name).containsExactly("orders"));
    }

    @Test
    void severalLeasesAreFoundByQualifierAndByTheNameOfTheParameter() {
        application
                .withPropertyValues(
                        "dbleases.leases.orders.partitions=128",
                        "dbleases.leases.order-items.partitions=16",
                        "dbleases.leases[eu/stock].partitions=8")
                .withBean(ByQualifier.class)
                .withBean(ByParameterName.class)
                .run(context -> {
                    assertThat(context.getBean(ByQualifier.class).orders.name()).isEqualTo("orders");
                    assertThat(context.getBean(ByQualifier.class).stock.name()).isEqualTo("eu/stock");
                    assertThat(context.getBean(ByParameterName.class).orders.name())
                            .isEqualTo("orders");
                    assertThat(context.getBean(ByParameterName.class).items.name())
                            .isEqualTo("order-items");
                });
    }

    @Test
    void namesThatAreTheSameInCamelCaseAreTwoBeans() {
        application
                .withPropertyValues("dbleases.leases[a/b].partitions=1", "dbleases.leases[a.b].partitions=2")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBeansOfType(Lease.class)).hasSize(2);
                    assertThat(context).doesNotHaveBean("aBLease");
                });
    }

    @Test
    void aBeanOfAnotherTypeKeepsItsName() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .withBean("ordersLease", String.class, () -> "mine")
                .withBean("orders", String.class, () -> "mine too")
                .withBean(ByType.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("ordersLease")).isEqualTo("mine");
                    assertThat(context.getBean(ByType.class).lease.name()).isEqualTo("orders");
                });
    }

    @Test
    void aLeaseOfTheApplicationWithThatQualifierReplacesTheConfiguredOne() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128")
                .withUserConfiguration(QualifiedLease.class)
                .run(context -> {
                    assertThat(context.getBean(Lease.class).partitions()).isEqualTo(7);
                    assertThat(client.leases()).extracting(Lease::name).containsExactly("mine");
                });
    }

    @Test
    void aLeaseOfTheApplicationWithThatBeanNameReplacesTheConfiguredOne() {
        application
                .withPropertyValues("dbleases.leases.orders.partitions=128", "dbleases.leases.other.partitions=1")
                .withBean("ordersLease", Lease.class, () -> client.lease("mine", 7))
                .run(context -> assertThat(context.getBeansOfType(Lease.class))
                        .hasSize(2)
                        .extractingByKey("ordersLease")
                        .extracting(Lease::partitions)
                        .isEqualTo(7));
    }

    @Test
    void aLeaseThatIsNotConfiguredCorrectlyStopsTheStart() {
        ApplicationContextRunner managed = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DbLeasesAutoConfiguration.class))
                .withPropertyValues("dbleases.enabled=false");

        managed.withPropertyValues("dbleases.leases.orders.partitions=100001")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidLeaseException.class)
                        .hasMessageContaining("100001"));
        managed.withPropertyValues("dbleases.leases.orders.partitions=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidLeaseException.class)
                        .hasMessageContaining("0 partitions"));
        managed.withPropertyValues("dbleases.leases.orders.partition=128")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("Did you mean dbleases.leases.orders.partitions?"));
        managed.withPropertyValues("dbleases.leases[or ders].partitions=128")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidLeaseException.class)
                        .hasMessageContaining("'or ders'"));
    }

    static class ByType {

        final Lease lease;

        ByType(Lease lease) {
            this.lease = lease;
        }
    }

    static class ByQualifier {

        final Lease orders;
        final Lease stock;

        ByQualifier(@Qualifier("orders") Lease one, @Qualifier("eu/stock") Lease other) {
            this.orders = one;
            this.stock = other;
        }
    }

    static class ByParameterName {

        final Lease orders;
        final Lease items;

        ByParameterName(Lease ordersLease, Lease orderItemsLease) {
            this.orders = ordersLease;
            this.items = orderItemsLease;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class QualifiedLease {

        @Bean
        @Qualifier("orders")
        Lease mine(LeaseClient client) {
            return client.lease("mine", 7);
        }
    }
}
