package io.github.dbleases.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The page as an application serves it, with Spring MVC and with WebFlux. */
@ExtendWith(OutputCaptureExtension.class)
class PageTests {

    private static final Map<String, Object> EXPOSED =
            Map.of("management.endpoints.web.exposure.include", "leases,leasespage");
    private static final Map<String, Object> ON = and(EXPOSED, Map.of("dbleases.page.enabled", "true"));

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([a-z]+\\.\\w+)\"");
    private static final Pattern IMPORT = Pattern.compile("from \"\\./([a-z]+\\.js)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private static Map<String, Object> and(Map<String, Object> some, Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }

    @Test
    void thePageIsOffByDefault() throws Exception {
        ConfigurableApplicationContext application = cluster.application(
                WebApplicationType.SERVLET, Map.of("management.endpoints.web.exposure.include", "*"));

        assertThat(get(application, "/actuator/leases").statusCode()).isEqualTo(200);
        assertThat(get(application, "/actuator/leasespage").statusCode()).isEqualTo(404);
        assertThat(get(application, "/actuator/leasespage/page.js").statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void allFilesOfThePageAreServedWithTheirTypes(WebApplicationType type) throws Exception {
        ConfigurableApplicationContext application = cluster.application(type, ON);

        HttpResponse<String> page = get(application, "/actuator/leasespage");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(page.body())
                .contains("<base href=\"./leasespage/\">", "data-leases=\"../leases\"", "data-application=\"shop\"")
                .doesNotContain("{{");
        Map<String, String> types =
                Map.of("css", "text/css;charset=UTF-8", "js", "text/javascript;charset=UTF-8", "svg", "image/svg+xml");
        for (Map.Entry<String, String> file : files(application, page.body()).entrySet()) {
            HttpResponse<String> answer = get(application, "/actuator/leasespage/" + file.getKey());
            assertThat(answer.headers().firstValue("Content-Type"))
                    .as(file.getKey())
                    .hasValue(types.get(file.getKey().split("\\.", -1)[1]));
        }
    }

    /** Follows the links of the page and the imports of its scripts, and returns the contents of the files. */
    private Map<String, String> files(ConfigurableApplicationContext application, String page) throws Exception {
        Map<String, String> files = new HashMap<>();
        Set<String> open = new TreeSet<>();
        LINK.matcher(page).results().forEach(link -> open.add(link.group(1)));
        while (!open.isEmpty()) {
            String file = open.iterator().next();
            open.remove(file);
            HttpResponse<String> answer = get(application, "/actuator/leasespage/" + file);
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            files.put(file, answer.body());
            IMPORT.matcher(answer.body())
                    .results()
                    .map(imported -> imported.group(1))
                    .filter(imported -> !files.containsKey(imported))
                    .forEach(open::add);
        }
        assertThat(files).containsKeys("icon.svg", "page.css", "page.js", "grid.js", "operations.js");
        return files;
    }

    @Test
    void thePolicyOfThePageAllowsOnlyItsOwnFilesAndThePageKeepsIt() throws Exception {
        ConfigurableApplicationContext application = cluster.application(WebApplicationType.SERVLET, ON);

        String page = get(application, "/actuator/leasespage").body();

        assertThat(page)
                .contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self';")
                .contains("require-trusted-types-for 'script'")
                .doesNotContainPattern("<script(?! type=\"module\" src=)")
                .doesNotContain("<style", " style=", " onclick=", "unsafe-");
        assertThat(files(application, page))
                .allSatisfy((file, text) -> assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                        .doesNotContainPattern("https?://|//[a-z]+\\.[a-z]+/")
                        .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write"));
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void otherFilesAreNotServed(WebApplicationType type) throws Exception {
        ConfigurableApplicationContext application = cluster.application(type, ON);

        for (String file : List.of(
                "index.html",
                "nothing.js",
                "..%2Fpackage-info.class",
                "..%2Fpage%2Fpage.js",
                "LeasesPageEndpoint.class",
                "page.js%00.svg",
                "%2e%2e/page.js",
                "page/page.js")) {
            assertThat(get(application, "/actuator/leasespage/" + file).statusCode())
                    .as(file)
                    .isBetween(400, 404);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void thePageFollowsThePortAndThePathsOfTheActuator(WebApplicationType type) throws Exception {
        ConfigurableApplicationContext application = cluster.application(
                type,
                and(
                        ON,
                        Map.of(
                                "management.server.port", "0",
                                "management.endpoints.web.base-path", "/manage",
                                "management.endpoints.web.path-mapping.leasespage", "people/page",
                                "management.endpoints.web.path-mapping.leases", "machines")));
        int port = application.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
        URI address = URI.create("http://localhost:%d/manage/people/page".formatted(port));

        HttpResponse<String> page = get(address, null);

        assertThat(page.statusCode()).isEqualTo(200);
        URI base = address.resolve(between(page.body(), "<base href=\"", "\""));
        URI leases = base.resolve(between(page.body(), "data-leases=\"", "\""));
        assertThat(leases.getPath()).isEqualTo("/manage/machines");
        assertThat(get(leases, null).statusCode()).isEqualTo(200);
        assertThat(get(base.resolve("page.js"), null).statusCode()).isEqualTo(200);
        assertThat(get(application, "/manage/people/page").statusCode()).isEqualTo(404);
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }

    @Test
    void operationsAreOfferedOnlyIfTheEndpointAllowsThem() throws Exception {
        ConfigurableApplicationContext reading = cluster.application(WebApplicationType.SERVLET, ON);
        ConfigurableApplicationContext writing = cluster.application(
                WebApplicationType.SERVLET, and(ON, Map.of("management.endpoint.leases.access", "unrestricted")));

        assertThat(get(reading, "/actuator/leasespage").body()).contains("data-operations=\"\"");
        assertThat(get(writing, "/actuator/leasespage").body()).contains("data-operations=\"move rebalance resign");
    }

    @Test
    void theNameOfTheApplicationIsEscaped() throws Exception {
        ConfigurableApplicationContext application = cluster.application(
                WebApplicationType.SERVLET,
                and(ON, Map.of("dbleases.client-id", "here", "spring.application.name", "\"><b>$1&")));

        assertThat(get(application, "/actuator/leasespage").body())
                .contains("data-application=\"&quot;&gt;&lt;b&gt;$1&amp;\"");
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void aSecuredActuatorServesThePageOnlyToThoseWhoHaveTheRight(WebApplicationType type) throws Exception {
        ConfigurableApplicationContext application = cluster.application(type, and(ON, Map.of("secured", "true")));

        for (String path : List.of("/actuator/leasespage", "/actuator/leasespage/page.js", "/actuator/leases")) {
            assertThat(get(address(application, path), null).statusCode())
                    .as(path)
                    .isEqualTo(401);
            assertThat(get(address(application, path), "bob").statusCode())
                    .as(path)
                    .isEqualTo(403);
            assertThat(get(address(application, path), "alice").statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void theDocumentsSecureTheActuatorInTheSameWay() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent();
        String source = Files.readString(root.resolve(
                "dbleases-spring-boot-starter/src/test/java/io/github/dbleases/starter/ActuatorSecurity.java"));

        String bean = source.substring(source.indexOf("    @Bean"), source.lastIndexOf('}'))
                .stripTrailing()
                .stripIndent();
        assertThat(Files.readString(root.resolve("docs/operations.md")).contains(bean))
                .as("docs/operations.md has this bean:%n%s", bean)
                .isTrue();
    }

    @Test
    void thePageHasNoAccessIfTheActuatorHasNone() throws Exception {
        ConfigurableApplicationContext application = cluster.application(
                WebApplicationType.SERVLET, and(ON, Map.of("management.endpoint.leasespage.access", "none")));

        assertThat(get(application, "/actuator/leasespage").statusCode()).isEqualTo(404);
    }

    @Test
    void aPageThatIsSwitchedOnButNotExposedIsReported(CapturedOutput output) throws Exception {
        ConfigurableApplicationContext application = cluster.application(
                WebApplicationType.SERVLET,
                Map.of("dbleases.page.enabled", "true", "management.endpoints.web.exposure.include", "leasespage"));

        assertThat(get(application, "/actuator/leasespage").statusCode()).isEqualTo(404);
        assertThat(output)
                .contains("dbleases.page.enabled=true has no effect")
                .contains("Add both to management.endpoints.web.exposure.include.");
    }

    @Test
    void aPageThatIsExposedIsNotReported(CapturedOutput output) throws Exception {
        cluster.application(WebApplicationType.SERVLET, ON);

        assertThat(output).doesNotContain("has no effect");
    }

    private HttpResponse<String> get(ConfigurableApplicationContext application, String path) throws Exception {
        return get(address(application, path), null);
    }

    static URI address(ConfigurableApplicationContext application, String path) {
        int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        return URI.create("http://localhost:%d%s".formatted(port, path));
    }

    private HttpResponse<String> get(URI address, String user) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        if (user != null) {
            request.header("Authorization", credentials(user));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String credentials(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }
}
