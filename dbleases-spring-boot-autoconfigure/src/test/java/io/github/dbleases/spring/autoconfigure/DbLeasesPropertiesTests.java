package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Migration.Mode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

class DbLeasesPropertiesTests {

    @Test
    void withoutPropertiesTheClientHasItsDefaults() {
        DbLeasesProperties properties = bind(Map.of());

        assertThat(properties.clientConfig(new MockEnvironment())).isEqualTo(LeaseClientConfig.defaults());
        assertThat(properties.enabled()).isTrue();
        assertThat(properties.schema()).isNull();
        assertThat(properties.tablePrefix()).isEqualTo("dbleases_");
        assertThat(properties.migration().mode()).isEqualTo(Mode.MIGRATE);
        assertThat(properties.notifications().enabled()).isTrue();
        assertThat(properties.leases()).isEmpty();
    }

    @Test
    void eachPropertyReachesTheClient() {
        DbLeasesProperties properties = bind(Map.ofEntries(
                Map.entry("dbleases.client-id", "host-1"),
                Map.entry("dbleases.ttl", "12s"),
                Map.entry("dbleases.heartbeat", "3s"),
                Map.entry("dbleases.attempt-timeout", "2s"),
                Map.entry("dbleases.margin", "700ms"),
                Map.entry("dbleases.grace", "800ms"),
                Map.entry("dbleases.debounce", "0"),
                Map.entry("dbleases.drain-timeout", "1m"),
                Map.entry("dbleases.weight", "3"),
                Map.entry("dbleases.leaders.balance", "true")));

        assertThat(properties.clientConfig(new MockEnvironment()))
                .isEqualTo(new LeaseClientConfig(
                        "host-1",
                        3,
                        new Timing(
                                Duration.ofSeconds(12),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(2),
                                Duration.ofMillis(700),
                                Duration.ofMillis(800)),
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        true));
    }

    @Test
    void workDeadlinesAreSetForSingleLeasesAndElections() {
        DbLeasesProperties properties = bind(Map.of(
                "dbleases.leases.orders.partitions", "8",
                "dbleases.leases.orders.work-deadline", "5m",
                "dbleases.leases.invoices.partitions", "8",
                "dbleases.elections[team/reports].work-deadline", "1h",
                "dbleases.elections[team/reports].on-work-deadline", "give-up"));

        assertThat(properties.clientConfig(new MockEnvironment()).workDeadlines())
                .isEqualTo(Map.of(
                        "orders", WorkDeadline.report(Duration.ofMinutes(5)),
                        "team/reports", WorkDeadline.giveUp(Duration.ofHours(1))));
    }

    @Test
    void aWorkDeadlineThatIsTooShortIsRefusedWithItsProperty() {
        DbLeasesProperties properties = bind(Map.of("dbleases.elections.reports.work-deadline", "500ms"));

        assertThatThrownBy(() -> properties.clientConfig(new MockEnvironment()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("The work deadline of 'reports' is not valid: workDeadline is PT0.5S")
                .hasMessageContaining("Change or remove dbleases.elections.reports.work-deadline.");
    }

    @Test
    void aBlankTextCountsAsNotSet() {
        DbLeasesProperties properties = bind(Map.of(
                "dbleases.client-id",
                "",
                "dbleases.schema",
                " ",
                "dbleases.connection.url",
                "",
                "dbleases.migration.user",
                ""));

        assertThat(properties.clientConfig(new MockEnvironment()).clientId())
                .isEqualTo(LeaseClientConfig.defaults().clientId());
        assertThat(properties.schema()).isNull();
        assertThat(properties.connection().url()).isNull();
        assertThat(properties.migration().user()).isNull();
    }

    @Test
    void theApplicationNameIsPartOfTheDefaultClientId() {
        MockEnvironment environment = new MockEnvironment().withProperty("spring.application.name", "shop");

        assertThat(bind(Map.of()).clientConfig(environment).clientId())
                .isEqualTo("shop@" + LeaseClientConfig.defaults().clientId());
        assertThat(bind(Map.of("dbleases.client-id", "mine"))
                        .clientConfig(environment)
                        .clientId())
                .isEqualTo("mine");
    }

    @Test
    void timesThatContradictEachOtherAreRefused() {
        DbLeasesProperties properties = bind(Map.of("dbleases.ttl", "3s", "dbleases.heartbeat", "1500ms"));

        assertThatThrownBy(() -> properties.clientConfig(new MockEnvironment()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("1500 ms");
    }

    @Test
    void theTtlAloneIsEnough() {
        assertThat(bind(Map.of("dbleases.ttl", "3s")).timing()).isEqualTo(Timing.of(Duration.ofSeconds(3)));
        assertThat(bind(Map.of("dbleases.ttl", "60s", "dbleases.grace", "9s")).timing())
                .isEqualTo(new Timing(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(9)));
    }

    @Test
    void aNameInBracketsMayHaveAnyCharacterOfALeaseName() {
        assertThat(bind(Map.of(
                                "dbleases.leases.orders.partitions", "128",
                                "dbleases.leases[a/b].partitions", "4",
                                "dbleases.leases[eu.orders_2:x].partitions", "8"))
                        .leases()
                        .keySet())
                .containsExactlyInAnyOrder("orders", "a/b", "eu.orders_2:x");
    }

    @Test
    void aNameInBracketsWorksInYaml() throws Exception {
        String yaml = """
                dbleases:
                  leases:
                    Orders:
                      partitions: 128
                    "[a/b]":
                      partitions: 4
                """;
        PropertySource<?> source = new YamlPropertySourceLoader()
                .load("test", new ByteArrayResource(yaml.getBytes()))
                .get(0);

        assertThat(new Binder(ConfigurationPropertySources.from(source))
                        .bindOrCreate("dbleases", DbLeasesProperties.class)
                        .leases())
                .containsOnlyKeys("Orders", "a/b");
    }

    @Test
    void aLeaseCanBeConfiguredByAnEnvironmentVariable() {
        SystemEnvironmentPropertySource environment = new SystemEnvironmentPropertySource(
                "systemEnvironment", Map.of("DBLEASES_LEASES_ORDERS_PARTITIONS", "128"));

        assertThat(new Binder(ConfigurationPropertySources.from(environment))
                        .bindOrCreate("dbleases", DbLeasesProperties.class)
                        .leases()
                        .get("orders")
                        .partitions())
                .isEqualTo(128);
    }

    @Test
    void aPasswordIsNotInTheText() {
        DbLeasesProperties properties =
                bind(Map.of("dbleases.connection.password", "geheim", "dbleases.migration.password", "geheim"));

        assertThat(properties.toString()).doesNotContain("geheim");
    }

    @Test
    void aPasswordInAUrlIsNotInTheText() {
        DbLeasesProperties properties = bind(Map.of(
                "dbleases.connection.url", "jdbc:postgresql://db/shop?password=geheim",
                "dbleases.migration.url", "jdbc:postgresql://me:geheim@db/shop"));

        assertThat(properties.toString()).contains("jdbc:postgresql://db/shop").doesNotContain("geheim");
    }

    private static DbLeasesProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("dbleases", DbLeasesProperties.class);
    }
}
