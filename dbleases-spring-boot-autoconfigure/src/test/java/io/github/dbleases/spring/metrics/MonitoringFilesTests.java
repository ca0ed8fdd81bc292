package io.github.dbleases.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alert rules and the dashboard of {@code docs/monitoring} fit what an instance exports, and their documentation. */
class MonitoringFilesTests {

    private static final String RUNBOOK = "https://github.com/dbleases/dbleases/blob/main/docs/operations.md#";
    private static final Pattern METRIC = Pattern.compile("dbleases_[a-z_]+");
    private static final JsonNode DASHBOARD = JsonMapper.shared().readTree(read("dashboard.json"));

    private final String runbook = read("..", "operations.md");
    private final List<Map<String, Object>> rules = rules();

    @Test
    void theyNameOnlyMetersThatARealScrapeHas() {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        Sql sql = new Sql(database.dataSource());
        sql.execute(MonitoredInstance.EMAILS);
        sql.execute("INSERT INTO email_outbox DEFAULT VALUES");
        try (MonitoredInstance instance =
                new MonitoredInstance("one", database, database.jdbcUrl(), Duration.ofSeconds(6), emails -> emails)) {
            await().until(() -> instance.scrape().sum("dbleases_tasks_batch_seconds_count") > 0);
            assertThat(instance.scrape().sum("dbleases_tasks_wait_seconds_count"))
                    .isOne();

            Set<String> exported = instance.scrape().names();

            List<String> expressions = new ArrayList<>(queries());
            rules.forEach(rule -> expressions.add((String) rule.get("expr")));
            assertThat(expressions).hasSizeGreaterThan(20).allSatisfy(expression -> {
                List<String> named = METRIC.matcher(expression)
                        .results()
                        .map(metric -> metric.group())
                        .toList();
                assertThat(named).as(expression).isNotEmpty().allMatch(exported::contains);
            });
        }
    }

    @Test
    void thereAreAtMostEightAlertsAndEachLeadsToItsSectionOfTheRunbook() {
        assertThat(rules).hasSizeLessThanOrEqualTo(8);
        for (Map<String, Object> rule : rules) {
            String name = (String) rule.get("alert");
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            assertThat((String) annotations.get("summary")).as(name).isNotBlank();
            assertThat((String) annotations.get("description")).as(name).isNotBlank();
            assertThat((String) ((Map<?, ?>) rule.get("labels")).get("severity"))
                    .isIn("critical", "warning");
            assertThat(annotations.get("runbook_url")).isEqualTo(RUNBOOK + name.toLowerCase(Locale.ROOT));
            assertThat(runbook).contains("### " + name + "\n");
        }
    }

    @Test
    void theRunbookExplainsNoOtherAlert() {
        Set<String> explained = new TreeSet<>();
        Pattern.compile("^### (DbLeases\\w+)$", Pattern.MULTILINE)
                .matcher(runbook)
                .results()
                .forEach(heading -> explained.add(heading.group(1)));

        assertThat(explained)
                .isEqualTo(new TreeSet<>(
                        rules.stream().map(rule -> (String) rule.get("alert")).toList()));
    }

    @Test
    void theDashboardAsksTheChosenPrometheusForTheChosenApplication() {
        assertThat(DASHBOARD
                        .path("templating")
                        .path("list")
                        .valueStream()
                        .map(variable -> variable.path("name").asString()))
                .containsExactly("datasource", "application", "instance");
        assertThat(queries()).allMatch(query -> query.contains("application=~\"$application\""));
        Set<Integer> ids = new HashSet<>();
        panels().forEach(panel -> {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("title").asString()).isNotBlank();
            if (!panel.path("type").asString().equals("row")) {
                assertThat(panel.path("datasource").path("uid").asString()).isEqualTo("${datasource}");
                assertThat(panel.path("description").asString()).isNotBlank();
            }
        });
    }

    private static List<JsonNode> panels() {
        return DASHBOARD.path("panels").valueStream().toList();
    }

    /** Returns the queries of all panels. */
    static List<String> queries() {
        return panels().stream()
                .flatMap(panel -> panel.path("targets").valueStream())
                .map(target -> target.path("expr").asString())
                .toList();
    }

    @SuppressWarnings("unchecked") // the structure of a file with rules
    private static List<Map<String, Object>> rules() {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(read("alerts.yml"));
        return (List<Map<String, Object>>) file.get("groups").get(0).get("rules");
    }

    private static String read(String... name) {
        try {
            return Files.readString(Path.of("../docs/monitoring", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
