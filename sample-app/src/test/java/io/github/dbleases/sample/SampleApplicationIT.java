package io.github.dbleases.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The packaged application, started as described in the README, with real processes that are really killed. */
@Execution(ExecutionMode.CONCURRENT)
class SampleApplicationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Short times, so that a crash is noticed soon. */
    private static final List<String> SHORT_TIMES = List.of(
            "--dbleases.ttl=3s",
            "--dbleases.heartbeat=500ms",
            "--dbleases.attempt-timeout=800ms",
            "--dbleases.margin=300ms",
            "--dbleases.grace=300ms");

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void allBalancesAreRightAndEachEmailIsSentOnceAlthoughAnInstanceIsKilledAndNothingIsLeftAfterTheEnd()
            throws Exception {
        try (RunningJar jar = start("--server.port=0", "--sample.orders=2000")) {
            String first = page(jar, "instance-1");
            page(jar, "instance-2");
            page(jar, "instance-3");
            await().atMost(PATIENCE).until(() -> doneBy(first, "instance-2") > 30);

            ProcessHandle killed = jar.instance("instance-2");
            killed.destroyForcibly();
            killed.onExit().join();
            int doneByTheKilled = doneBy(first, "instance-2");

            jar.awaitLine(Pattern.compile("2,000 orders of \\d+ customers are done: all balances are right"));
            jar.awaitLine(Pattern.compile("emails about 2,000 orders were sent, \\d were given up: no email was lost"));
            assertThat(doneBy(first, "instance-2"))
                    .as("at most what the database had already received")
                    .isBetween(doneByTheKilled, doneByTheKilled + 10);
            await().atMost(PATIENCE).until(() -> owned(first).equals(List.of(64, 0, 64)));

            assertThat(post(first, "instances/instance-2/start", "{}").statusCode())
                    .isEqualTo(202);
            await().atMost(PATIENCE).until(() -> owned(first).stream().allMatch(owned -> owned >= 42));
            assertThat(post(first, "orders", "{\"customer\": \"C-0042\", \"amount\": -5}")
                            .statusCode())
                    .isEqualTo(201);
            jar.awaitLine(Pattern.compile("2,001 orders of \\d+ customers are done: all balances are right"));
            jar.awaitLine(Pattern.compile("emails about 2,001 orders were sent, \\d were given up: no email was lost"));

            assertThat(jar.lines()).allMatch(line -> line.startsWith("["), "each line names its process");
            jar.process().destroy();
            jar.awaitNothingLeft();
        }
    }

    @Test
    void afterTheLeaderIsKilledAnotherWritesTheReportsWithAHigherTokenAndALowerOneIsRefused() throws Exception {
        try (RunningJar jar = start("--server.port=0", "--sample.orders=0", "--sample.report-interval=100ms")) {
            Stream.of("instance-1", "instance-2", "instance-3").forEach(instance -> page(jar, instance));
            JdbcClient jdbc = JdbcClient.create(jar.database());
            await().atMost(PATIENCE).until(() -> reports(jdbc).size() > 20);
            Report first = latest(jdbc);
            assertThat(reports(jdbc)).containsOnly(first);

            jar.instance(first.writer()).destroyForcibly();

            await().atMost(PATIENCE).until(() -> !latest(jdbc).equals(first));
            Report second = latest(jdbc);
            assertThat(second.writer()).isNotEqualTo(first.writer());
            assertThat(second.token()).isGreaterThan(first.token());
            assertThat(jdbc.sql("UPDATE desk_report_fence SET token = ? WHERE token <= ?")
                            .params(first.token(), first.token())
                            .update())
                    .as("the first step of the former leader's next report")
                    .isZero();

            jdbc.sql("UPDATE desk_report_fence SET token = token + 1").update();

            jar.awaitLine(Pattern.compile(
                    "\\[%s].*The report with token %d was refused".formatted(second.writer(), second.token())));
            await().atMost(PATIENCE).until(() -> !latest(jdbc).equals(second));
            assertThat(latest(jdbc).token()).isGreaterThan(second.token() + 1);
            assertThat(reports(jdbc)).extracting(Report::token).isSorted();
        }
    }

    /** The writer of a report and its token. */
    private record Report(String writer, long token) {}

    private static List<Report> reports(JdbcClient jdbc) {
        return jdbc.sql("SELECT written_by AS writer, token FROM desk_report ORDER BY id")
                .query(Report.class)
                .list();
    }

    private static Report latest(JdbcClient jdbc) {
        return reports(jdbc).stream().reduce((one, next) -> next).orElseThrow();
    }

    @Test
    void aLauncherThatIsKilledLeavesNothingBehind() throws Exception {
        try (RunningJar jar = start("--server.port=0", "--sample.instances=2", "--sample.orders=0")) {
            page(jar, "instance-1");
            page(jar, "instance-2");

            jar.process().destroyForcibly();

            jar.awaitNothingLeft();
        }
    }

    @Test
    void aPlainInstanceLeavesNothingBehind() throws Exception {
        try (RunningJar jar = start("--server.port=0", "--sample.instances=1", "--sample.orders=10")) {
            jar.awaitLine(Pattern.compile("10 orders of \\d+ customers are done: all balances are right"));

            jar.process().destroy();

            jar.awaitNothingLeft();
        }
    }

    private static RunningJar start(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(SHORT_TIMES);
        all.addAll(List.of(arguments));
        return RunningJar.start(all.toArray(String[]::new));
    }

    private static String page(RunningJar jar, String instance) {
        return jar.awaitLine(Pattern.compile("\\[%s] .*%s is on (http://\\S+/)".formatted(instance, instance)))
                .group(1);
    }

    private int doneBy(String page, String instance) throws IOException, InterruptedException {
        List<Integer> done = JsonPath.read(state(page), "$.instances[?(@.name == '%s')].done".formatted(instance));
        return done.stream().mapToInt(Integer::intValue).sum();
    }

    private List<Integer> owned(String page) throws IOException, InterruptedException {
        return JsonPath.read(state(page), "$.instances[*].owned");
    }

    private String state(String page) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(page + "state")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private HttpResponse<String> post(String page, String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(page + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
