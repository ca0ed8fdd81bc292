package io.github.dbleases.sample.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import io.github.dbleases.testing.browser.Chromium;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A plain instance with 200 orders, as seen by a browser and a shell. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "sample.name=instance-1",
            "sample.orders=200",
            "sample.work-time=0ms",
            "sample.report-interval=200ms",
            "dbleases.runners.emails.retry-delay=50ms",
            "dbleases.runners.emails.max-retry-delay=50ms"
        })
class OrderDeskTests {

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        registry.add("spring.datasource.url", database::jdbcUrl);
        registry.add("spring.datasource.username", database::user);
        registry.add("spring.datasource.password", database::password);
    }

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Test
    void anAddedOrderIsFoundAtItsLocationAndGetsDone() throws Exception {
        HttpResponse<String> added = post("/orders", "{\"customer\": \"C-0042\", \"amount\": 1250}");

        assertThat(added.statusCode()).isEqualTo(201);
        String location = added.headers().firstValue("Location").orElseThrow();
        assertThat(location).matches("/orders/\\d+");
        await().until(() -> JsonPath.read(get(location).body(), "$.doneBy") != null);
        assertThat(get(location).body())
                .contains("\"customer\":\"C-0042\"", "\"amount\":1250", "\"doneBy\":\"instance-1\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"amount\": 1250}                               | customer must",
                "{\"customer\": \"\", \"amount\": 1250}           | customer must",
                "{\"customer\": \"a b\", \"amount\": 1250}        | customer must",
                "{\"customer\": \"C-0042\"}                       | amount must",
                "{\"customer\": \"C-0042\", \"amount\": 0}        | amount must",
                "{\"customer\": \"C-0042\", \"amount\": 1000000001} | amount must",
                "{\"customer\": \"C-0042\", \"amount\": -9223372036854775808} | amount must",
                "{\"customer\": \"C-0042\", \"amount\": 12.5}     | whole number of cents",
                "{\"customer\": \"C-0042\", \"amount\": \"lots\"} | whole number of cents",
                "{\"customer\":                                   | An order must be JSON",
            })
    void aWrongOrderIsRefusedWithTheReason(String order, String reason) throws Exception {
        HttpResponse<String> answer = post("/orders", order);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JsonPath.<String>read(answer.body(), "$.detail")).contains(reason);
    }

    @Test
    void anUnknownOrderIsNotFound() throws Exception {
        assertThat(get("/orders/999999").statusCode()).isEqualTo(404);
        assertThat(get("/orders/first").statusCode()).isEqualTo(400);
    }

    @Test
    void theStateShowsTheOwnerOfEachPartitionAndThatAllBalancesAreRight() {
        await().untilAsserted(() -> {
            String state = get("/state").body();
            assertThat(JsonPath.<String>read(state, "$.servedBy")).isEqualTo("instance-1");
            assertThat(JsonPath.<List<String>>read(state, "$.instances[*].name"))
                    .containsExactly("instance-1");
            assertThat(JsonPath.<List<Integer>>read(state, "$.instances[*].port"))
                    .containsExactly(port);
            assertThat(JsonPath.<List<String>>read(state, "$.instances[*].status"))
                    .containsExactly("ACTIVE");
            assertThat(JsonPath.<List<Number>>read(state, "$.leases[0].partitions[*].session"))
                    .hasSize(128)
                    .containsOnly(JsonPath.<Number>read(state, "$.instances[0].session"));
            assertThat(JsonPath.<List<Object>>read(state, "$.verdict.wrong")).isEmpty();
        });
    }

    /** One of the first 200 orders belongs to the customer with the wrong address. */
    @Test
    void eachEmailIsSentOnceOrGivenUpAsTheStateAndTheEndpointShow() {
        // There is no verdict until all emails are sent.
        await().ignoreException(PathNotFoundException.class).untilAsserted(() -> {
            String state = get("/state").body();
            int orders = JsonPath.read(state, "$.emails.verdict.orders");
            assertThat(orders).isGreaterThanOrEqualTo(200).isEqualTo(JsonPath.<Integer>read(state, "$.orders.total"));
            assertThat(JsonPath.<Integer>read(state, "$.emails.verdict.lost")).isZero();
            assertThat(JsonPath.<Integer>read(state, "$.emails.verdict.doubled"))
                    .isZero();
            assertThat(JsonPath.<Integer>read(state, "$.emails.verdict.givenUp"))
                    .isEqualTo(1);
            assertThat(JsonPath.<String>read(state, "$.emails.outbox.answer")).contains("No such mailbox");
            assertThat(JsonPath.<Integer>read(state, "$.instances[0].emails.sent"))
                    .isEqualTo(orders - 1);
            assertThat(JsonPath.<Integer>read(state, "$.emails.ownerless")).isZero();
        });
        await().untilAsserted(() -> {
            String leases = get("/actuator/leases").body();
            assertThat(JsonPath.<Integer>read(leases, "$.runners.emails.sessions"))
                    .isEqualTo(1);
            assertThat(JsonPath.<Integer>read(leases, "$.runners.emails.completed"))
                    .isGreaterThanOrEqualTo(199);
            assertThat(JsonPath.<Integer>read(leases, "$.runners.emails.givenUp"))
                    .isEqualTo(1);
            assertThat(JsonPath.<Integer>read(leases, "$.runners.emails.lost")).isZero();
        });
    }

    @Test
    void theLeaderWritesReportsWithItsToken() {
        await().untilAsserted(() -> {
            String state = get("/state").body();
            assertThat(JsonPath.<String>read(state, "$.reports.leader.client")).isEqualTo("instance-1");
            assertThat(JsonPath.<Number>read(state, "$.reports.leader.session"))
                    .isEqualTo(JsonPath.<Number>read(state, "$.instances[0].session"));
            assertThat(JsonPath.<List<String>>read(state, "$.reports.latest[*].writtenBy"))
                    .hasSizeGreaterThan(1)
                    .containsOnly("instance-1");
            assertThat(JsonPath.<List<Number>>read(state, "$.reports.latest[*].token"))
                    .containsOnly(JsonPath.<Number>read(state, "$.reports.leader.token"));
        });
        await().untilAsserted(
                        () -> assertThat(get("/actuator/leases").body())
                                .contains(
                                        "\"leaders\":{\"report\":{\"isLeader\":true,\"candidates\":1,\"leader\":{\"client\":\"instance-1\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/app.js",
                "/desk.css",
                "/actuator/leasespage",
                "/actuator/leasespage/base.css",
                "/actuator/leases",
                "/actuator/leases/report",
                "/actuator/leases/emails",
                "/actuator/health"
            })
    void thePageAndTheEndpointsAnswer(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(200);
    }

    @Test
    @EnabledIf(value = Chromium.INSTALLED, disabledReason = Chromium.NOT_INSTALLED)
    void thePageShowsThePartitionsAndTheWorkWithThePartsOfThePageOfDbleases() {
        try (Chromium browser = Chromium.start()) {
            browser.size(400, 900);
            browser.open(uri("/"));

            browser.awaitTrue("document.querySelectorAll('.cell.kind').length === 128");
            browser.awaitTrue("document.querySelector('#leader-name').textContent === 'instance-1 leads'");
            browser.awaitTrue("document.querySelectorAll('.chart svg path.area').length >= 3");
            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .isEqualTo(400);
            // The color of the first instance, in light or dark, once its transition has ended.
            browser.awaitTrue("['rgb(11, 107, 176)', 'rgb(74, 159, 224)']"
                    + ".includes(getComputedStyle(document.querySelector('.cell.kind')).backgroundColor)");
            assertThat(browser.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:8081, true", "http://elsewhere.example, false", "null, false"})
    void onlyPagesOfTheSameHostMayCall(String origin, boolean allowed) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/instance/end"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type")
                .build();

        assertThat(send(request)
                        .headers()
                        .firstValue("Access-Control-Allow-Origin")
                        .isPresent())
                .isEqualTo(allowed);
    }

    @Test
    void anInstanceEndsOnlyOnAJsonRequestThatSaysHow() throws Exception {
        assertThat(post("/instance/end", "{}").statusCode()).isEqualTo(400);
        assertThat(post("/instance/end", "{\"how\": \"SOMEHOW\"}").statusCode()).isEqualTo(400);
        HttpRequest form = HttpRequest.newBuilder(uri("/instance/end"))
                .POST(HttpRequest.BodyPublishers.ofString("how=KILL"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .build();
        assertThat(send(form).statusCode()).isEqualTo(415);
    }

    @Test
    void withoutALauncherNoInstanceIsStarted() throws Exception {
        assertThat(post("/instances/instance-2/start", "{}").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:%d%s".formatted(port, path));
    }
}
