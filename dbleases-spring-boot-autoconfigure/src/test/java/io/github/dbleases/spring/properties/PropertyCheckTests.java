package io.github.dbleases.spring.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class PropertyCheckTests {

    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final Map<String, Object> systemProperties = new LinkedHashMap<>();
    private final Map<String, Object> file = new LinkedHashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();

    PropertyCheckTests() {
        environment
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", variables));
        environment
                .getPropertySources()
                .replace("systemProperties", new MapPropertySource("systemProperties", systemProperties));
        environment.getPropertySources().addLast(new MapPropertySource("file", file));
    }

    @ParameterizedTest
    @CsvSource({
        "dbleases.tll, dbleases.ttl",
        "dbleases.hartbeat, dbleases.heartbeat",
        "dbleases.client.id, dbleases.client-id",
        "dbleases.attempt-timout, dbleases.attempt-timeout",
        "dbleases.conection.url, dbleases.connection.url",
        "dbleases.store.file.dir, dbleases.store.file.directory",
        "dbleases.migraton.mode, dbleases.migration.mode",
        "dbleases.leases.orders.partition, dbleases.leases.orders.partitions",
        "dbleases.lease.orders.partitions, dbleases.leases.orders.partitions",
        "dbleases.leases.eu/orders.partitions, dbleases.leases[eu/orders].partitions",
        "dbleases.leases.eu.orders.partitions, dbleases.leases[eu.orders].partitions",
        "dbleases.leases[eu/orders].partition, dbleases.leases[eu/orders].partitions",
        "dbleases.runners.mails.task-per-session, dbleases.runners.mails.tasks-per-session",
        "dbleases.runners.mails.tasks.per.session, dbleases.runners.mails.tasks-per-session",
        "dbleases.runner.eu/mails.tabel, dbleases.runners[eu/mails].table",
    })
    void aTypoIsRefusedAndCorrected(String written, String meant) {
        file.put(written, "secret");

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> check().requireKnown())
                .withMessageContaining(
                        "Property %s does not exist (in file). Did you mean %s?".formatted(written, meant))
                .withMessageNotContaining("secret");
    }

    @Test
    void whatResemblesNothingIsToldWhatThereIs() {
        file.put("dbleases.leases.orders", "128");
        file.put("dbleases.something.else", "x");

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> check().requireKnown())
                .withMessageContaining(
                        "Property dbleases.leases.orders does not exist (in file). There are: dbleases.leases.<name>.partitions, dbleases.leases.<name>.work-deadline,")
                .withMessageContaining("Below dbleases there are: attempt-timeout, client-id, connection,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dbleases.ttl",
                "dbleases.clientId",
                "dbleases.client_id",
                "DBLEASES.CLIENT-ID",
                "db-leases.client-id",
                "dbleases.store.file.directory",
                "dbleases.leases.orders.partitions",
                "dbleases.leases.my_Orders-2.partitions",
                "dbleases.leases[a/b].partitions",
                "dbleases.leases[eu.orders_2:x].partitions",
                "dbleases.runners.mails.tasksPerSession",
                "dbleasesque.tll",
                "spring.datasource.url",
                "tll"
            })
    void whatExistsHoweverItIsSpelledIsAccepted(String name) {
        file.put(name, "1");

        assertNothingToSay();
    }

    @Test
    void aKeyInYamlBelowWhichThereIsNothingIsAccepted() throws Exception {
        String yaml = """
                dbleases:
                  leases:
                  connection:
                  ttl: 10s
                """;
        new YamlPropertySourceLoader()
                .load("application.yaml", new ByteArrayResource(yaml.getBytes()))
                .forEach(environment.getPropertySources()::addLast);

        assertNothingToSay();
    }

    @Test
    void theLineInTheFileIsNamed() throws Exception {
        String yaml = """
                dbleases:
                  tll: 10s
                """;
        new YamlPropertySourceLoader()
                .load("application.yaml", new ByteArrayResource(yaml.getBytes(), "application.yaml"))
                .forEach(environment.getPropertySources()::addLast);

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> check().requireKnown())
                .withMessageContaining("application.yaml")
                .withMessageContaining("2:8");
    }

    @Test
    void twoSpellingsOfOneNameAreRefused() {
        file.put("dbleases.leases.my-orders.partitions", "8");
        file.put("dbleases.leases.myOrders.partitions", "9");

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> check().requireKnown())
                .withMessageContaining("The names my-orders and myOrders below dbleases.leases differ only in");
    }

    @Test
    void aSystemPropertyThatDoesNotExistIsAWarning() {
        systemProperties.put("dbleases.tll", "10s");

        PropertyCheck check = check();

        assertThatCode(check::requireKnown).doesNotThrowAnyException();
        assertThat(check.warnings())
                .containsExactly(
                        "Property dbleases.tll does not exist (in systemProperties). Did you mean dbleases.ttl?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DBLEASES_TTL",
                "DBLEASES_CLIENT_ID",
                "DBLEASES_CLIENTID",
                "dbleases_client_id",
                "DBLEASES_STORE_FILE_DIRECTORY",
                "DBLEASES_LEASES_MYORDERS_PARTITIONS",
                "DBLEASES_LEASES_MY_ORDERS_PARTITIONS",
                "DBLEASES_RUNNERS_MAILS_TASKS_PER_SESSION",
                "DBLEASES_RUNNERS_MAILS_TASKSPERSESSION",
                "dbleases.client-id",
                "DBLEASESQUE_TLL"
            })
    void aVariableOfAPropertyIsAccepted(String variable) {
        file.put("dbleases.leases.my-orders.partitions", "8");
        file.put("dbleases.runners.mails.table", "mails");
        variables.put(variable, "1");

        assertNothingToSay();
    }

    @ParameterizedTest
    @CsvSource({
        "DBLEASES_TLL, Did you mean DBLEASES_TTL?",
        "DBLEASES_CLIENT_IDD, Did you mean DBLEASES_CLIENT_ID?",
        "DBLEASES_LEASES_MY_ORDERS_PARTITION, Did you mean DBLEASES_LEASES_MY_ORDERS_PARTITIONS?",
        "DBLEASES_LEASES_MY_ODRERS_PARTITIONS, Did you mean DBLEASES_LEASES_MY_ORDERS_PARTITIONS?",
        "DBLEASES_RUNNERS_MYMAILS_TASKS_PER_SESSION, Did you mean DBLEASES_RUNNERS_MY_MAILS_TASKS_PER_SESSION?",
        "DBLEASES_SERVICE_HOST, There is no such property.",
        "dbleases.tll, Did you mean dbleases.ttl?",
    })
    void aVariableOfNothingIsAWarning(String variable, String hint) {
        file.put("dbleases.leases.my-orders.partitions", "8");
        file.put("dbleases.runners.my-mails.table", "mails");
        variables.put(variable, "1");

        PropertyCheck check = check();

        assertThatCode(check::requireKnown).doesNotThrowAnyException();
        assertThat(check.warnings())
                .singleElement()
                .asString()
                .contains(variable)
                .contains(hint);
    }

    @Test
    void aVariableAddsNoNameToThoseOfFiles() {
        file.put("dbleases.leases.orders.partitions", "8");
        file.put("dbleases.leases.my-returns.partitions", "8");
        variables.put("DBLEASES_LEASES_INVOICES_PARTITIONS", "4");
        variables.put("DBLEASES_LEASES_MYRETURNS_PARTITIONS", "4");

        PropertyCheck check = check();

        assertThat(check.warnings())
                .singleElement()
                .asString()
                .contains("Environment variable DBLEASES_LEASES_INVOICES_PARTITIONS has no effect")
                .contains("my-returns, orders");
        assertThat(check.isPhantom("leases", "invoices")).isTrue();
        assertThat(check.isPhantom("leases", "myreturns")).isTrue();
        assertThat(check.isPhantom("leases", "my-returns")).isFalse();
        assertThat(check.isPhantom("leases", "orders")).isFalse();
    }

    @Test
    void whereNoFileHasNamesTheVariablesDo() {
        variables.put("DBLEASES_LEASES_ORDERS_PARTITIONS", "8");
        variables.put("DBLEASES_RUNNERS_MAILS_TASKS_PER_SESSION", "5");
        file.put("dbleases.ttl", "10s");

        assertNothingToSay();
        assertThat(check().isPhantom("leases", "orders")).isFalse();
        assertThat(check().isPhantom("runners", "mails")).isFalse();
    }

    @Test
    void aNameWithADashCannotComeFromAVariableAlone() {
        variables.put("DBLEASES_LEASES_MY_ORDERS_PARTITIONS", "8");

        assertThat(check().warnings())
                .singleElement()
                .asString()
                .contains("DBLEASES_LEASES_MY_ORDERS_PARTITIONS has no effect")
                .contains("Configured below dbleases.leases: none.");
        assertThat(check().isPhantom("leases", "my")).isTrue();
    }

    private void assertNothingToSay() {
        PropertyCheck check = check();
        assertThatCode(check::requireKnown).doesNotThrowAnyException();
        assertThat(check.warnings()).isEmpty();
    }

    private PropertyCheck check() {
        return PropertyCheck.of(environment, new KnownProperties("dbleases", DbLeasesProperties.class));
    }
}
