package io.github.dbleases.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.memory.InMemoryLeaseStore;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Write operations, asked of one instance, and carried out by it and another one. */
class LeasesEndpointOperationsTests {

    private static final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private static final LeaseClient here = start("here");
    private static final LeaseClient there = start("there");
    private static ConfigurableApplicationContext application;

    private static LeaseClient start(String id) {
        return LeaseClient.builder(store)
                .clientId(id)
                .debounce(Duration.ofMillis(100))
                .start();
    }

    @BeforeAll
    static void start() {
        application = new SpringApplicationBuilder(Application.class)
                .properties(Map.of(
                        "server.port", "0",
                        "management.endpoints.web.exposure.include", "leases",
                        "management.endpoint.leases.access", "unrestricted"))
                .bannerMode(Banner.Mode.OFF)
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
        here.close();
        there.close();
    }

    @Test
    void aPartitionMovesToTheInstanceThatIsNamed() throws Exception {
        Lease own = here.lease("moving", 4);
        Lease other = there.lease("moving", 4);
        await().until(() -> own.values().size() == 2 && other.values().size() == 2);
        int moving = own.values().iterator().next();
        String move = "{ \"operation\": \"move\", \"partition\": %d, \"instance\": \"there\" }".formatted(moving);

        HttpResponse<String> plan = post("moving?dryRun=true", move);
        HttpResponse<String> answer = post("moving", move);

        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(new JSONObject(plan.body()).getBoolean("dryRun")).isTrue();
        assertThat(answer.statusCode()).isEqualTo(200);
        JSONObject done = new JSONObject(answer.body());
        assertThat(done.getBoolean("dryRun")).isFalse();
        assertThat(done.getBoolean("changed")).isTrue();
        JSONObject first = done.getJSONArray("moves").getJSONObject(0);
        assertThat(first.getString("partitions")).isEqualTo(String.valueOf(moving));
        assertThat(first.getJSONObject("from").getString("client")).isEqualTo("here");
        assertThat(first.getJSONObject("to").getString("client")).isEqualTo("there");
        await().until(() -> other.owns(moving) && own.values().size() == 2);

        HttpResponse<String> again = post("moving", move);
        assertThat(new JSONObject(again.body()).getBoolean("changed")).isFalse();
        assertThat(there.history(HistoryQuery.ofLease("moving")))
                .filteredOn(event -> event.type() == HistoryEvent.Type.OPERATION)
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.principal()).isEqualTo("alice"));
    }

    @Test
    void aLeaderResignsAndALeadershipMovesBack() throws Exception {
        Leadership own = here.leadership("team/reports");
        Leadership other = there.leadership("team/reports");
        await().until(() -> own.isLeader() ^ other.isLeader());
        boolean ownLed = own.isLeader();

        assertThat(post("team/reports", "{ \"operation\": \"resign\" }").statusCode())
                .isEqualTo(200);
        await().until(() -> own.isLeader() != ownLed && other.isLeader() == ownLed);

        String back = "{ \"operation\": \"move\", \"instance\": \"%s\" }".formatted(ownLed ? "here" : "there");
        assertThat(post("team/reports", back).statusCode()).isEqualTo(200);
        await().until(() -> own.isLeader() == ownLed && other.isLeader() != ownLed);
    }

    @Test
    void whatIsRefusedHasAStatusAndProblemDetails() throws Exception {
        Lease own = here.lease("refusing", 4);
        await().until(() -> own.values().size() == 4);

        assertProblem(
                404, "There is no lease or election 'unknown'.", post("unknown", "{ \"operation\": \"rebalance\" }"));
        assertProblem(
                404,
                "is no live member of 'refusing'",
                post("refusing", "{ \"operation\": \"move\", \"partition\": 0, \"instance\": \"there\" }"));
        assertProblem(
                404,
                "There is no live session 'nowhere'",
                post("refusing", "{ \"operation\": \"move\", \"partition\": 0, \"instance\": \"nowhere\" }"));
        assertProblem(409, "'refusing' is no election", post("refusing", "{ \"operation\": \"resign\" }"));
    }

    private static void assertProblem(int status, String detail, HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        JSONObject problem = new JSONObject(answer.body());
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).contains(detail);
    }

    @Test
    void badRequestsAreRefused() throws Exception {
        Lease own = here.lease("refusing", 4);
        await().until(() -> own.values().size() == 4);

        for (String body : new String[] {
            "{}",
            "{ \"operation\": \"explode\" }",
            "{ \"operation\": \"move\", \"partition\": 0 }",
            "{ \"operation\": \"move\", \"instance\": \"here\" }",
            "{ \"operation\": \"move\", \"partition\": \"first\", \"instance\": \"here\" }"
        }) {
            assertThat(post("refusing", body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(own.values()).hasSize(4);
    }

    @Test
    void anInstanceIsDrainedAndResumedByItsName() throws Exception {
        Lease own = here.lease("draining", 4);
        Lease other = there.lease("draining", 4);
        await().until(() -> own.values().size() == 2 && other.values().size() == 2);
        String drain = "{ \"operation\": \"drain\", \"instance\": \"there\" }";
        long session = there.status().session().orElseThrow();

        JSONObject plan = new JSONObject(post("?dryRun=true", drain).body());
        assertThat(plan.getBoolean("dryRun")).isTrue();
        JSONObject done = new JSONObject(post("", drain).body());
        assertThat(done.getString("operation")).isEqualTo("drain");
        assertThat(done.getBoolean("changed")).isTrue();
        assertThat(done.getLong("session")).isEqualTo(session);
        assertThat(done.has("lease")).isFalse();
        assertThat(done.getJSONArray("moves").toString())
                .isEqualTo(plan.getJSONArray("moves").toString())
                .contains("\"lease\":\"draining\"");
        await().until(() -> own.values().size() == 4 && other.values().isEmpty());
        assertThat(there.status().drainRequested()).isTrue();

        assertThat(new JSONObject(get("").body()).getJSONArray("sessions").toString())
                .containsPattern(
                        "\\{[^}]*\"session\":%d[^}]*\"drained\":true|\\{[^}]*\"drained\":true[^}]*\"session\":%d"
                                .formatted(session, session))
                .containsOnlyOnce("drained");
        assertThat(there.status().drained()).isTrue();
        assertThat(here.status().drained()).isFalse();

        String resume = "{ \"operation\": \"resume\", \"instance\": \"%d\" }".formatted(session);
        assertThat(new JSONObject(post("", resume).body()).getBoolean("changed"))
                .isTrue();
        await().until(() -> own.values().size() == 2 && other.values().size() == 2);
        assertThat(new JSONObject(post("", resume).body()).getBoolean("changed"))
                .isFalse();

        assertProblem(404, "There is no live session 'nowhere'", post("", drain.replace("there", "nowhere")));
        assertThat(post("", "{ \"operation\": \"drain\" }").statusCode()).isEqualTo(400);
        assertThat(post("", "{ \"operation\": \"explode\", \"instance\": \"there\" }")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aLeaseIsRemovedWhenNoInstanceUsesIt() throws Exception {
        Lease old = here.lease("orders/old", 4);
        await().until(() -> old.values().size() == 4);
        String remove = "{ \"operation\": \"remove\" }";

        assertProblem(409, "'orders/old' is still used by live sessions: ", post("orders/old", remove));
        old.leave();
        assertThat(new JSONObject(post("orders/old?dryRun=true", remove).body()).getBoolean("changed"))
                .isTrue();
        assertThat(get("orders/old").statusCode()).isEqualTo(200);

        JSONObject done = new JSONObject(post("orders/old", remove).body());

        assertThat(done.getString("lease")).isEqualTo("orders/old");
        assertThat(done.getBoolean("changed")).isTrue();
        assertThat(get("orders/old").statusCode()).isEqualTo(404);
        assertThat(new JSONObject(post("orders/old", remove).body()).getBoolean("changed"))
                .isFalse();
        assertThat(get("orders/old?history=10").body()).contains("\"detail\":\"remove\"", "alice");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient().send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        String slash = path.isEmpty() || path.startsWith("?") ? "" : "/";
        return HttpRequest.newBuilder(
                URI.create("http://localhost:%d/actuator/leases%s%s".formatted(port, slash, path)));
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {

        @Bean(destroyMethod = "")
        LeaseClient client() {
            return here;
        }

        /** As Spring Security does after a login. */
        @Bean
        Filter login() {
            return (request, response, chain) -> chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public Principal getUserPrincipal() {
                            return () -> "alice";
                        }
                    },
                    response);
        }
    }
}
