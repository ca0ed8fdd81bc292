package io.github.dbleases.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the documents say of the code is true, where a test can tell. */
class DocumentationTests {

    /** Not what is part of a longer name, and no system property of the build. */
    private static final Pattern PROPERTY = Pattern.compile("(?<![\\w.-])dbleases\\.[a-z][a-z.-]*[a-z]");

    /** What observations are named by. */
    private static final String OBSERVATIONS = "dbleases.tasks.";

    /** The properties that there are for each name, by their group. They are in no metadata. */
    private static final Map<String, Class<?>> NAMED = Map.of(
            "leases", DbLeasesProperties.Lease.class,
            "elections", DbLeasesProperties.Election.class,
            "runners", DbLeasesProperties.Runner.class);

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static final Pattern NAMED_PARAMETER = Pattern.compile("(?<!:):([a-z]+)");

    private static final Map<String, String> PARAMETERS = Map.of(
            "amount", "10",
            "customer", "'C-0042'",
            "lease", "'orders'",
            "owned", "ARRAY[1, 2]",
            "partition", "1",
            "session", "1",
            "token", "1");

    private final Map<String, String> metadata = metadata();

    static List<Document> documents() {
        return Document.all();
    }

    @Test
    void thereAreDocuments() {
        assertThat(Document.all())
                .extracting(Document::toString)
                .contains(
                        "README.md",
                        "RATIONALE.md",
                        "CHANGELOG.md",
                        "CONTRIBUTING.md",
                        "how-it-works.md",
                        "leader-election.md",
                        "configuration.md",
                        "operations.md",
                        "stores.md",
                        "tasks.md",
                        "testing.md");
    }

    @Test
    void eachPropertyIsDocumentedAndNoOther() {
        assertThat(documentedDefaults().keySet()).containsExactlyInAnyOrderElementsOf(metadata.keySet());
    }

    @Test
    void theDocumentedDefaultsAreThoseOfTheMetadata() {
        Map<String, String> documented = documentedDefaults();
        metadata.forEach((name, value) -> {
            if (!value.isEmpty()) {
                assertThat(documented.get(name).replace('-', '_')).as(name).isEqualTo("`" + value + "`");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("documents")
    void eachPropertyThatIsNamedExists(Document document) {
        SortedSet<String> named = new TreeSet<>();
        PROPERTY.matcher(document.text()).results().forEach(name -> named.add(name.group()));

        assertThat(named)
                .allMatch(name -> metadata.keySet().stream()
                        .anyMatch(property -> property.equals(name)
                                || name.startsWith("dbleases.leases.")
                                || isBelowAName(name)
                                || name.startsWith(OBSERVATIONS)
                                || isMeter(name)
                                || property.startsWith(name + ".")));
    }

    /** A test of the meters compares them with this table. */
    private static boolean isMeter(String name) {
        String meters = Document.named("docs/monitoring.md").text();
        return meters.contains("| `" + name + "` |") || meters.contains("| `" + name + ".");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void eachLinkLeadsSomewhere(Document document) {
        assertThat(document.links()).allMatch(document::leadsSomewhere);
    }

    @Test
    void theMapOfContributingNamesAtMostThreeFilesForEachQuestionAndAllOfThemExist() {
        List<List<String>> questions = Document.named("CONTRIBUTING.md").rows().stream()
                .filter(row -> row.get(0).endsWith("?"))
                .toList();
        Set<String> files = Document.filesOfMainSources();

        assertThat(questions).hasSize(12);
        for (List<String> question : questions) {
            List<String> named = CODE.matcher(question.get(2))
                    .results()
                    .map(name -> name.group(1))
                    .map(name -> name.contains(".") ? name : name + ".java")
                    .toList();
            assertThat(named).as(question.get(0)).hasSizeBetween(1, 3).allMatch(files::contains);
        }
    }

    @Test
    void theJavaSnippetsCompileAndTheTestsAmongThemPass(@TempDir Path output) throws Exception {
        assertThat(Snippets.compile(Document.all(), output)).isEmpty();
        for (String tests : List.of("HandOverTests", "ElectionTests", "InvoiceWorkerTests")) {
            Snippets.runTests(tests, output);
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void thePropertiesSnippetsAreValid(Document document) {
        for (String snippet : document.snippets("properties")) {
            DbLeasesProperties properties = bind(snippet);
            assertThatCode(properties::timing).as(snippet).doesNotThrowAnyException();
            properties.leases().forEach((name, lease) -> LeaseSpec.partitions(name, lease.partitions()));
        }
    }

    @Test
    void theSqlSnippetsAreAccepted() throws SQLException {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        PostgresSchema.create(database.dataSource(), new PostgresStoreConfig("shop", "dbleases_", true));
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL search_path TO shop");
            statement.execute("CREATE ROLE app");
            statement.execute("CREATE TABLE balance (customer text, amount bigint, token bigint)");
            for (Document document : Document.all()) {
                for (String snippet : document.snippets("sql")) {
                    statement.execute(executable(snippet));
                }
            }
            connection.rollback();
        }
    }

    @Test
    void theGeneratedColumnIsThePartitionOfTheKey() throws SQLException {
        String table = Document.named("how-it-works.md").snippets("sql").stream()
                .filter(snippet -> snippet.contains("GENERATED ALWAYS AS (("))
                .findFirst()
                .orElseThrow();
        Lease lease = new FakeLeaseClient().lease("orders", 128);
        try (Connection connection =
                        PostgresServer.newest().freshDatabase().dataSource().getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO orders (customer) VALUES (?) RETURNING partition")) {
            statement.execute(table);
            for (String key : List.of("C-0042", "", "Zoë", "客户-7", "a longer key with blanks 0123456789")) {
                insert.setString(1, key);
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    assertThat(lease.partitionOf(key)).as(key).isEqualTo(row.getInt(1));
                }
            }
        }
    }

    @Test
    void theFenceOfTheReportsRefusesALowerToken() throws SQLException {
        List<String> snippets = Document.named("leader-election.md").snippets("sql");
        String write = snippets.stream()
                .filter(snippet -> snippet.startsWith("WITH fence"))
                .findFirst()
                .orElseThrow();
        try (Connection connection =
                        PostgresServer.newest().freshDatabase().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (done boolean)");
            statement.execute(snippets.get(0));
            for (Map.Entry<String, Integer> inserted :
                    List.of(Map.entry("5", 1), Map.entry("7", 1), Map.entry("6", 0), Map.entry("7", 1))) {
                assertThat(statement.executeUpdate(write.replace(":token", inserted.getKey())))
                        .as(inserted.getKey())
                        .isEqualTo(inserted.getValue());
            }
        }
    }

    /** Names and defaults of the tables whose rows begin with the name of a property. */
    private static Map<String, String> documentedDefaults() {
        return Document.named("docs/configuration.md").rows().stream()
                .filter(row -> row.get(0).matches("`(dbleases|management)\\..*`"))
                .filter(row -> row.size() == 3)
                .collect(Collectors.toMap(row -> row.get(0).replace("`", ""), row -> row.get(1)));
    }

    /** Names and defaults, empty where there is none. */
    private static Map<String, String> metadata() {
        try (InputStream file =
                DbLeasesProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, String> properties = new TreeMap<>();
            for (JsonNode property : JsonMapper.shared().readTree(file).path("properties")) {
                properties.put(
                        property.path("name").asString(),
                        property.path("defaultValue").asString("").replace('-', '_'));
            }
            NAMED.forEach((group, type) -> {
                properties.remove("dbleases." + group);
                for (RecordComponent component : type.getRecordComponents()) {
                    properties.put(
                            "dbleases.%s.<name>.%s"
                                    .formatted(group, DataObjectPropertyName.toDashedForm(component.getName())),
                            defaultOf(component).replace('-', '_'));
                }
            });
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String defaultOf(RecordComponent component) {
        DefaultValue value = component.getAnnotation(DefaultValue.class);
        return value == null ? "" : value.value()[0];
    }

    /** Whether a property of a runner of any name is meant. */
    private boolean isBelowAName(String name) {
        String generic = name.replaceFirst("^(dbleases\\.(elections|runners))\\.[a-z-]+", "$1.<name>");
        return metadata.containsKey(generic) || generic.endsWith(".<name>");
    }

    private static DbLeasesProperties bind(String snippet) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(snippet));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertiesPropertySource("snippet", properties));
        ConfigurationPropertySources.attach(environment);
        return Binder.get(environment).bindOrCreate("dbleases", DbLeasesProperties.class);
    }

    /** Replaces the parameters, and leaves out where the transaction begins and ends, as it is one already. */
    private static String executable(String snippet) {
        String statements = Stream.of(snippet.split("\n"))
                .filter(line -> !line.equals("BEGIN;") && !line.equals("COMMIT;"))
                .collect(Collectors.joining("\n"));
        return NAMED_PARAMETER.matcher(statements).replaceAll(named -> PARAMETERS.get(named.group(1)));
    }
}
