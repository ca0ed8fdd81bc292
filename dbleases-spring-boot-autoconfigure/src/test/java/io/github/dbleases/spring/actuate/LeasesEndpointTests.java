package io.github.dbleases.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.MemberView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.spring.FakeLeaseClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyscreamer.jsonassert.JSONAssert;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The documents as a real server sends them, with the mapper of the actuator. */
class LeasesEndpointTests {

    private static final long ONE = 4503599627370496L;
    private static final long OTHER = 4503599627370497L;
    private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

    private static final FakeLeaseClient client = new FakeLeaseClient();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = new SpringApplicationBuilder(Application.class)
                .properties(Map.of("server.port", "0", "management.endpoints.web.exposure.include", "leases"))
                .bannerMode(Banner.Mode.OFF)
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        client.forget();
    }

    @Test
    void theWholeClusterIsShown() throws Exception {
        client.owns("orders", 6, 0, 1, 2, 5).sees(cluster());

        HttpResponse<String> answer = get("");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "client": { "id": "host-1", "session": 4503599627370496, "state": "ACTIVE",
                              "ttlMillis": 6000, "heartbeatMillis": 1500, "trustedForMillis": 5210 },
                  "sessions": [
                    { "client": "host-1", "session": 4503599627370496, "self": true, "weight": 1,
                      "startedAt": "2026-01-01T00:00:00Z", "expiresInMillis": 5800 },
                    { "client": "host-2", "session": 4503599627370497, "self": false, "weight": 2,
                      "startedAt": "2026-01-01T00:00:00Z", "expiresInMillis": -200 }
                  ],
                  "leases": {
                    "invoices": { "partitions": 1, "owned": [], "balanced": true, "unassigned": 0, "moving": 0,
                      "assignments": [ { "client": "host-2", "session": 4503599627370497, "count": 1, "partitions": "0" } ] },
                    "orders": { "partitions": 6, "owned": [0, 1, 2, 5], "balanced": false, "unassigned": 1, "moving": 1,
                      "assignments": [
                        { "client": "host-1", "session": 4503599627370496, "count": 4, "partitions": "0-2,5" },
                        { "client": "host-2", "session": 4503599627370497, "count": 1, "partitions": "3" },
                        { "client": "host-3", "session": 4503599627370498, "count": 0, "partitions": "" }
                      ] }
                  },
                  "leaders": {
                    "reports": { "isLeader": false, "candidates": 1, "leader": {
                      "client": "host-2", "session": 4503599627370497, "token": 20, "since": "2026-01-01T00:00:00Z" } }
                  },
                  "runners": {}
                }
                """, answer.body());
    }

    @Test
    void withoutTheDatabaseTheOwnViewIsShown() throws Exception {
        client.owns("orders", 6, 0, 1, 2, 5);

        HttpResponse<String> answer = get("");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "client": { "id": "host-1", "session": 4503599627370496, "state": "ACTIVE",
                              "ttlMillis": 6000, "heartbeatMillis": 1500, "trustedForMillis": 5210 },
                  "sessions": [],
                  "leases": { "orders": { "partitions": 6, "owned": [0, 1, 2, 5], "balanced": null,
                              "unassigned": null, "moving": null, "assignments": [] } },
                  "leaders": {},
                  "runners": {},
                  "error": "The store did not answer within 1000 ms."
                }
                """, answer.body());
    }

    @Test
    void oneLeaseIsShown() throws Exception {
        client.sees(cluster());

        HttpResponse<String> answer = get("/orders");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "name": "orders",
                  "kind": "partitions",
                  "partitions": [
                    { "partition": 0, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 10, "since": "2026-01-01T00:00:00Z" },
                    { "partition": 1, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 11, "since": "2026-01-01T00:00:00Z" },
                    { "partition": 2, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 12, "since": "2026-01-01T00:00:00Z" },
                    { "partition": 3, "client": "host-2", "session": 4503599627370497, "pendingSession": null, "token": 13, "since": "2026-01-01T00:00:00Z" },
                    { "partition": 4, "client": null, "session": null, "pendingSession": null, "token": 14, "since": "2026-01-01T00:00:00Z" },
                    { "partition": 5, "client": "host-1", "session": 4503599627370496,
                      "pendingSession": 4503599627370497, "token": 15, "since": "2026-01-01T00:00:00Z" }
                  ],
                  "members": [
                    { "client": "host-1", "session": 4503599627370496, "weight": 1 },
                    { "client": "host-2", "session": 4503599627370497, "weight": 2 },
                    { "client": "host-3", "session": 4503599627370498, "weight": 1 }
                  ]
                }
                """, answer.body());
    }

    @Test
    void theElectionsOfThisInstanceAndOfOthersAreShownAndAreNoLeasesOfPartitions() throws Exception {
        client.leadership("reports").elect(21);
        client.leadership("newsletter");
        PartitionView led = new PartitionView(0, "host-1", ONE, null, 21, SINCE);
        PartitionView vacant = new PartitionView(0, null, null, null, 20, SINCE);
        List<MemberView> candidates = List.of(
                new MemberView("host-1", ONE, 1),
                new MemberView("host-2", OTHER, 1),
                new MemberView("host-3", OTHER + 1, 1));
        client.sees(view(
                lease("reports", LeaseKind.LEADER, candidates, List.of(led)),
                lease("cleaning", LeaseKind.LEADER, List.of(), List.of(vacant))));

        assertThat(part(get("").body(), "leases")).isEqualTo("{}");
        assertIsExactly("""
                {
                  "cleaning": { "isLeader": false, "candidates": 0 },
                  "newsletter": { "isLeader": false, "candidates": 0 },
                  "reports": { "isLeader": true, "candidates": 3, "leader": {
                    "client": "host-1", "session": 4503599627370496, "token": 21, "since": "2026-01-01T00:00:00Z" } }
                }
                """, part(get("").body(), "leaders"));
        assertThat(part(get("").body(), "runners")).isEqualTo("{}");
    }

    @Test
    void whetherThisInstanceLeadsIsItsOwnViewWhateverTheDatabaseSays() throws Exception {
        client.leadership("reports").elect(22);
        client.sees(cluster());

        assertIsExactly("""
                {
                  "reports": { "isLeader": true, "candidates": 1, "leader": {
                    "client": "host-2", "session": 4503599627370497, "token": 20, "since": "2026-01-01T00:00:00Z" } }
                }
                """, part(get("").body(), "leaders"));
    }

    @Test
    void withoutTheDatabaseTheElectionsOfThisInstanceAreShown() throws Exception {
        client.leadership("reports").elect(21);
        client.leadership("newsletter");

        HttpResponse<String> answer = get("");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "client": { "id": "host-1", "session": 4503599627370496, "state": "ACTIVE",
                              "ttlMillis": 6000, "heartbeatMillis": 1500, "trustedForMillis": 5210 },
                  "sessions": [],
                  "leases": {},
                  "leaders": {
                    "newsletter": { "isLeader": false, "candidates": 0 },
                    "reports": { "isLeader": true, "candidates": 0 }
                  },
                  "runners": {},
                  "error": "The store did not answer within 1000 ms."
                }
                """, answer.body());
    }

    @Test
    void oneElectionIsShown() throws Exception {
        client.sees(cluster());

        assertIsExactly("""
                {
                  "name": "reports",
                  "kind": "leader",
                  "partitions": [
                    { "partition": 0, "client": "host-2", "session": 4503599627370497, "pendingSession": null, "token": 20, "since": "2026-01-01T00:00:00Z" }
                  ],
                  "members": [ { "client": "host-2", "session": 4503599627370497, "weight": 2 } ]
                }
                """, get("/reports").body());
    }

    @Test
    void withoutTheDatabaseTheOwnLeadershipIsShown() throws Exception {
        client.leadership("reports").elect(21);
        client.leadership("newsletter");

        assertIsExactly("""
                {
                  "name": "reports",
                  "kind": "leader",
                  "partitions": [
                    { "partition": 0, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 21, "since": null }
                  ],
                  "members": [],
                  "error": "The store did not answer within 1000 ms."
                }
                """, get("/reports").body());
        assertIsExactly("""
                { "name": "newsletter", "kind": "leader", "partitions": [], "members": [],
                  "error": "The store did not answer within 1000 ms." }
                """, get("/newsletter").body());
    }

    @Test
    void anElectionThatIsNotJoinedYetIsKnown() throws Exception {
        client.leadership("reports");
        client.sees(view());

        assertIsExactly(
                "{ \"name\": \"reports\", \"kind\": \"leader\", \"partitions\": [], \"members\": [] }",
                get("/reports").body());
    }

    @Test
    void theSessionsThatShareTasksAreShownByTheNameOfTheirRunnerOnly() throws Exception {
        List<MemberView> sharing = List.of(new MemberView("host-1", ONE, 1), new MemberView("host-2", OTHER, 2));
        client.sees(view(lease("letters", LeaseKind.TASKS, sharing, List.of())));

        HttpResponse<String> answer = get("/letters");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "name": "letters",
                  "kind": "tasks",
                  "partitions": [],
                  "members": [
                    { "client": "host-1", "session": 4503599627370496, "weight": 1 },
                    { "client": "host-2", "session": 4503599627370497, "weight": 2 }
                  ]
                }
                """, answer.body());
        assertThat(part(get("").body(), "leases")).isEqualTo("{}");
        assertThat(part(get("").body(), "leaders")).isEqualTo("{}");
    }

    @Test
    void forOneLeaseNoOtherIsRead() throws Exception {
        client.sees(cluster());

        get("/orders");

        assertThat(client.wholeViews()).isZero();
    }

    @Test
    void anUnknownNameIsNotFound() throws Exception {
        client.sees(cluster());

        assertThat(get("/unknown").statusCode()).isEqualTo(404);
    }

    @Test
    void aNameMayHaveSlashesAndColons() throws Exception {
        client.sees(view(lease("eu/orders:2", LeaseKind.PARTITIONS, List.of(), List.of())));

        HttpResponse<String> answer = get("/eu/orders:2");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"name\":\"eu/orders:2\"");
    }

    @Test
    void withoutTheDatabaseTheOwnPartitionsOfALeaseAreShown() throws Exception {
        client.owns("orders", 6, 0, 5);

        HttpResponse<String> answer = get("/orders");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                {
                  "name": "orders",
                  "kind": "partitions",
                  "partitions": [
                    { "partition": 0, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 1000, "since": null },
                    { "partition": 5, "client": "host-1", "session": 4503599627370496, "pendingSession": null, "token": 1005, "since": null }
                  ],
                  "members": [],
                  "error": "The store did not answer within 1000 ms."
                }
                """, answer.body());
    }

    @Test
    void aLeaseThatIsNotJoinedYetIsKnown() throws Exception {
        client.owns("orders", 6).sees(view());

        HttpResponse<String> answer = get("/orders");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly(
                "{ \"name\": \"orders\", \"kind\": \"partitions\", \"partitions\": [], \"members\": [] }",
                answer.body());
    }

    @Test
    void itIsReadOnly() throws Exception {
        client.sees(cluster());

        HttpRequest request = HttpRequest.newBuilder(uri("/orders")).DELETE().build();

        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void nothingCanBeChangedUnlessTheAccessIsUnrestricted() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/orders"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{ \"operation\": \"rebalance\" }"))
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(405);
    }

    @Test
    void theHistoryOfALeaseIsShownInPages() throws Exception {
        HistoryEvent moved = new HistoryEvent(
                17,
                SINCE,
                HistoryEvent.Type.MOVED,
                "orders",
                PartitionSet.of(3, 4, 5, 9),
                null,
                new Party(OTHER, "host-2"),
                new Party(ONE, "host-1"),
                null,
                new Party(ONE, "host-1"),
                Cause.HANDED_OVER,
                null,
                null);
        client.sees(view(lease("orders", LeaseKind.PARTITIONS, List.of(), List.of())))
                .remembers(moved);

        HttpResponse<String> answer = get("/orders?history=1&before=20");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIsExactly("""
                { "name": "orders", "kind": "partitions", "partitions": [], "members": [],
                  "history": {
                    "events": [
                      { "id": 17, "at": "2026-01-01T00:00:00Z", "type": "moved", "lease": "orders", "partitions": "3-5,9",
                        "session": { "client": "host-2", "session": 4503599627370497 },
                        "from": { "client": "host-1", "session": 4503599627370496 },
                        "by": { "client": "host-1", "session": 4503599627370496 }, "cause": "handed-over" } ],
                    "next": 17 } }
                """, answer.body());
        assertThat(client.askedFor())
                .contains(HistoryQuery.ofLease("orders").limit(1).before(20));
    }

    @Test
    void theHistoryOfTheClusterAndOfASessionIsShown() throws Exception {
        HistoryEvent opened = new HistoryEvent(
                17,
                SINCE,
                HistoryEvent.Type.SESSION_OPENED,
                null,
                PartitionSet.empty(),
                null,
                new Party(OTHER, "host-2"),
                null,
                null,
                new Party(OTHER, "host-2"),
                null,
                null,
                "host a");
        client.sees(cluster()).remembers(opened);

        String all = get("?history=50").body();
        assertThat(client.askedFor()).contains(HistoryQuery.all().limit(50));
        get("?history=50&session=" + OTHER);
        assertThat(client.askedFor()).contains(HistoryQuery.ofSession(OTHER).limit(50));

        assertIsExactly("""
                { "events": [
                    { "id": 17, "at": "2026-01-01T00:00:00Z", "type": "session-opened",
                      "session": { "client": "host-2", "session": 4503599627370497 },
                      "by": { "client": "host-2", "session": 4503599627370497 }, "detail": "host a" } ] }
                """, part(all, "history"));
    }

    @Test
    void aLeaseThatIsGoneIsShownWithItsHistory() throws Exception {
        client.sees(cluster()).remembers();
        assertThat(get("/gone?history=10").statusCode()).isEqualTo(404);

        client.remembers(new HistoryEvent(
                1,
                SINCE,
                HistoryEvent.Type.VACATED,
                "gone",
                PartitionSet.of(0),
                null,
                null,
                null,
                null,
                null,
                Cause.CLOSED,
                null,
                null));

        assertThat(get("/gone?history=10").statusCode()).isEqualTo(200);
        assertThat(get("/gone").statusCode()).isEqualTo(404);
    }

    @Test
    void withoutAHistoryTheAnswerSaysSo() throws Exception {
        client.sees(cluster());

        HttpResponse<String> answer = get("?history=10");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(part(answer.body(), "history")).contains("keeps no history");
        assertThat(get("").body()).doesNotContain("history");
    }

    @Test
    void impossibleQueriesOfTheHistoryAreRefused() throws Exception {
        client.sees(cluster()).remembers();

        for (String query : List.of(
                "?history=0",
                "?history=1001",
                "?history=many",
                "?before=7",
                "?session=7",
                "/orders?history=0",
                "/orders?before=7")) {
            assertThat(get(query).statusCode()).as(query).isEqualTo(400);
        }
    }

    private static ClusterView cluster() {
        List<MemberView> members = List.of(
                new MemberView("host-1", ONE, 1),
                new MemberView("host-2", OTHER, 2),
                new MemberView("host-3", OTHER + 1, 1));
        List<PartitionView> partitions = List.of(
                new PartitionView(0, "host-1", ONE, null, 10, SINCE),
                new PartitionView(1, "host-1", ONE, null, 11, SINCE),
                new PartitionView(2, "host-1", ONE, null, 12, SINCE),
                new PartitionView(3, "host-2", OTHER, null, 13, SINCE),
                new PartitionView(4, null, null, null, 14, SINCE),
                new PartitionView(5, "host-1", ONE, OTHER, 15, SINCE));
        PartitionView only = new PartitionView(0, "host-2", OTHER, null, 20, SINCE);
        return view(
                new LeaseView("orders", LeaseKind.PARTITIONS, members, partitions, false),
                lease("invoices", LeaseKind.PARTITIONS, List.of(members.get(1)), List.of(only)),
                lease("reports", LeaseKind.LEADER, List.of(members.get(1)), List.of(only)));
    }

    private static LeaseView lease(
            String name, LeaseKind kind, List<MemberView> members, List<PartitionView> partitions) {
        return new LeaseView(name, kind, members, partitions, true);
    }

    private static ClusterView view(LeaseView... leases) {
        TreeMap<String, LeaseView> byName = new TreeMap<>();
        for (LeaseView lease : leases) {
            byName.put(lease.name(), lease);
        }
        return new ClusterView(
                List.of(
                        new SessionView("host-1", ONE, true, 1, SINCE, Duration.ofMillis(5800), false),
                        new SessionView("host-2", OTHER, false, 2, SINCE, Duration.ofMillis(-200), false)),
                byName);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        return URI.create("http://localhost:%d/actuator/leases%s".formatted(port, path));
    }

    private static String part(String body, String name) throws JSONException {
        return new JSONObject(body).getJSONObject(name).toString();
    }

    private static void assertIsExactly(String expected, String actual) throws JSONException {
        JSONAssert.assertEquals(expected, actual, true);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {

        @Bean
        LeaseClient client() {
            return client;
        }
    }
}
