package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Migration.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the metadata from which editors complete properties. */
class ConfigurationPropertiesTests {

    private static final Set<String> ALL = Set.of(
            "dbleases.enabled",
            "dbleases.keep-alive",
            "dbleases.participation",
            "dbleases.client-id",
            "dbleases.ttl",
            "dbleases.heartbeat",
            "dbleases.history.enabled",
            "dbleases.history.retention",
            "dbleases.page.enabled",
            "dbleases.attempt-timeout",
            "dbleases.margin",
            "dbleases.grace",
            "dbleases.debounce",
            "dbleases.drain-timeout",
            "dbleases.weight",
            "dbleases.schema",
            "dbleases.table-prefix",
            "dbleases.connection.url",
            "dbleases.connection.user",
            "dbleases.connection.password",
            "dbleases.migration.mode",
            "dbleases.migration.url",
            "dbleases.migration.user",
            "dbleases.migration.password",
            "dbleases.notifications.enabled",
            "dbleases.store.type",
            "dbleases.store.file.directory",
            "dbleases.store.gcs.bucket",
            "dbleases.store.gcs.prefix",
            "dbleases.store.jdbc.table",
            "dbleases.store.jdbc.create-table",
            "dbleases.leases",
            "dbleases.leaders.balance",
            "dbleases.leaders.start-wait",
            "dbleases.elections",
            "dbleases.tasks.enabled",
            "dbleases.runners");

    /** Without a default: what is taken from elsewhere when it is not set. */
    private static final Set<String> WITHOUT_DEFAULT = Set.of(
            "dbleases.leaders.start-wait",
            "dbleases.client-id",
            "dbleases.heartbeat",
            "dbleases.attempt-timeout",
            "dbleases.margin",
            "dbleases.grace",
            "dbleases.schema",
            "dbleases.connection.url",
            "dbleases.connection.user",
            "dbleases.connection.password",
            "dbleases.migration.url",
            "dbleases.migration.user",
            "dbleases.migration.password",
            "dbleases.store.file.directory",
            "dbleases.store.gcs.bucket",
            "dbleases.leases",
            "dbleases.elections",
            "dbleases.runners");

    private final Map<String, JsonNode> metadata = metadata();

    @Test
    void eachPropertyHasMetadata() {
        assertThat(metadata.keySet()).isEqualTo(new TreeSet<>(ALL));
    }

    @Test
    void eachComponentOfTheRecordsIsAProperty() {
        assertThat(components("dbleases", DbLeasesProperties.class)).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void eachPropertyHasADescriptionThatIsASentence() {
        metadata.forEach((name, property) ->
                assertThat(property.path("description").asString("")).as(name).matches("(?s)[A-Z].*\\."));
    }

    @Test
    void eachPropertyThatHasADefaultTellsIt() {
        metadata.forEach((name, property) ->
                assertThat(property.has("defaultValue")).as(name).isNotEqualTo(WITHOUT_DEFAULT.contains(name)));
    }

    @Test
    void eachModeOfMigrationIsExplained() {
        assertThat(explained("dbleases.migration.mode")).containsExactlyElementsOf(lowerCase(Mode.values()));
    }

    @Test
    void eachTypeOfStoreIsExplained() {
        assertThat(explained("dbleases.store.type")).containsExactlyElementsOf(lowerCase(StoreType.values()));
    }

    private static List<String> explained(String property) {
        for (JsonNode hint : read().path("hints")) {
            if (hint.path("name").asString().equals(property)) {
                return hint.path("values").findValuesAsString("value");
            }
        }
        return List.of();
    }

    private static List<String> lowerCase(Enum<?>... values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static List<String> components(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .flatMap(component -> names(prefix + "." + kebabCase(component.getName()), component))
                .toList();
    }

    private static Stream<String> names(String name, RecordComponent component) {
        return component.getType().isRecord() ? components(name, component.getType()).stream() : Stream.of(name);
    }

    private static String kebabCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Map<String, JsonNode> metadata() {
        Map<String, JsonNode> properties = new TreeMap<>();
        for (JsonNode property : read().path("properties")) {
            String name = property.path("name").asString();
            if (name.startsWith("dbleases.")) {
                properties.put(name, property);
            }
        }
        return properties;
    }

    private static JsonNode read() {
        try (InputStream file =
                DbLeasesProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.shared().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
