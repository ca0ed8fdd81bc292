package io.github.dbleases.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.testing.browser.Chromium;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The page in a headless Chromium, of a secured application that shares a lease and an election with two other clients.
 * Skipped if there is no Chromium.
 */
@EnabledIf(value = Chromium.INSTALLED, disabledReason = Chromium.NOT_INSTALLED)
class PageInBrowserTests {

    /** A client can have any name. */
    private static final String HOSTILE = "<img src=x onerror=\"document.title='hacked'\">&amp;";

    private static final Cluster cluster = new Cluster();
    private static Chromium browser;
    private static LeaseClient there;
    private static URI page;
    private static URI readOnlyPage;

    @BeforeAll
    static void start() {
        browser = Chromium.start();
        browser.header("Authorization", PageTests.credentials("alice"));
        there = cluster.client("there");
        LeaseClient hostile = cluster.client(HOSTILE);
        for (LeaseClient client : new LeaseClient[] {there, hostile}) {
            client.lease("orders", 48);
            client.leadership("team/reports");
        }
        page = PageTests.address(application("unrestricted", "here"), "/actuator/leasespage");
        readOnlyPage = PageTests.address(application("read-only", "reader"), "/actuator/leasespage");
        await().until(() -> there.lease("orders", 48).values().size() == 12);
    }

    private static ConfigurableApplicationContext application(String access, String id) {
        return cluster.application(
                WebApplicationType.SERVLET,
                Map.of(
                        "dbleases.client-id", id,
                        "dbleases.page.enabled", "true",
                        "dbleases.leases.orders.partitions", "48",
                        "management.endpoints.web.exposure.include", "leases,leasespage",
                        "management.endpoint.leases.access", access,
                        "secured", "true"));
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void resize() {
        browser.size(1600, 1000);
        browser.offline(false);
    }

    private static void open(URI address) {
        browser.open(address);
        browser.awaitTrue("document.querySelectorAll('#sessions tr').length === 4");
        browser.awaitTrue("document.querySelectorAll('.cell.kind').length === 48");
    }

    private static String text(String selector) {
        return browser.evaluate("document.querySelector(`%s`)?.textContent ?? ''".formatted(selector))
                .asString();
    }

    @Test
    void theClusterIsShown() {
        open(page);

        browser.awaitTrue("document.querySelector('#summary').dataset.state === 'good'");
        assertThat(text("#summary-title")).isEqualTo("4 instances share 48 partitions of 1 lease and 1 election");
        assertThat(text("#sessions tr:first-child")).contains(HOSTILE).contains("12");
        assertThat(text(".lease .head")).contains("orders").contains("48 partitions · balanced");
        assertThat(text(".lease .legend"))
                .contains("there12")
                .contains("no owner0")
                .contains("moving0");
        assertThat(text("#leaders")).contains("team/reports is led by").contains("2 candidates");
        browser.awaitTrue("document.querySelector('#runners').textContent.includes('shared by 2 instances')");
        browser.awaitTrue("Number(document.querySelector('#runners .throughput b').textContent) > 0");
        browser.awaitTrue("document.querySelectorAll('#history tr').length === 20");
        assertThat(browser.evaluate("document.title").asString()).isEqualTo("Leases of shop");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void textOfTheDataIsNeverReadAsHtml() {
        open(page);

        assertThat(text("#sessions .name")).isEqualTo(HOSTILE);
        assertThat(browser.evaluate("document.querySelectorAll('img').length").asInt())
                .isZero();
        assertThat(browser.evaluate("document.title").asString()).isEqualTo("Leases of shop");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void noRequestLeavesTheApplication() {
        open(page);

        assertThat(browser.requests())
                .hasSizeGreaterThan(10)
                .allMatch(request -> request.getAuthority().equals(page.getAuthority()));
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void aPartitionIsMovedWithTheKeyboardAfterItsPlanWasShown() {
        Lease lease = there.lease("orders", 48);
        int moving = lease.values().iterator().next();
        open(page);

        browser.evaluate("document.querySelectorAll('.cell')[0].focus()");
        for (int step = 0; step < moving; step++) {
            browser.press("ArrowRight");
        }
        assertThat(text(".lease .detail")).isEqualTo("Partition %d: there".formatted(moving));
        browser.press("Enter");
        browser.awaitTrue("document.activeElement === document.querySelector('#dialog-instance')");
        browser.awaitTrue("!document.querySelector('#dialog-confirm').disabled");

        assertThat(text("#dialog-title")).isEqualTo("Move partition %d of orders".formatted(moving));
        assertThat(text("#dialog-facts")).contains("Ownerthere");
        assertThat(text("#plan-moves")).contains("partition %d".formatted(moving));
        assertThat(lease.owns(moving)).isTrue();

        browser.press("Tab");
        browser.press("Tab");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("dialog-confirm");
        browser.press("Enter");

        await().until(() -> !lease.owns(moving));
        browser.awaitTrue("!document.querySelector('dialog').open");
        assertThat(text("#notice-text")).contains("over");
        browser.awaitTrue("document.querySelector('#history').textContent.includes('alice asked for an operation')");
        assertThat(browser.evaluate("document.activeElement.dataset.index").asString())
                .as("the focus is back where it was")
                .isEqualTo(String.valueOf(moving));
        await().until(() -> lease.values().size() == 12);
    }

    @Test
    void aPlanThatIsCanceledChangesNothing() {
        Leadership leadership = there.leadership("team/reports");
        boolean leads = leadership.isLeader();
        open(page);

        browser.awaitTrue("document.querySelector('#leaders li').dataset.state === 'led'");
        browser.evaluate("document.querySelector('#leaders button[aria-label^=Ask]').click()");
        browser.awaitTrue("document.querySelector('#plan-moves').textContent.includes('the leadership')");
        browser.press("Escape");

        browser.awaitTrue("!document.querySelector('dialog').open");
        assertThat(leadership.isLeader()).isEqualTo(leads);
    }

    @Test
    void aLeaderResigns() {
        Leadership leadership = there.leadership("team/reports");
        boolean led = leadership.isLeader();
        open(page);

        browser.awaitTrue("document.querySelector('#leaders li').dataset.state === 'led'");
        browser.evaluate("document.querySelector('#leaders button[aria-label^=Ask]').click()");
        browser.awaitTrue("!document.querySelector('#dialog-confirm').disabled");
        browser.evaluate("document.querySelector('#dialog-confirm').click()");

        await().until(() -> leadership.isLeader() != led);
        browser.awaitTrue("document.querySelector('#leaders .who').textContent.includes(%s)"
                .formatted(led ? "'<img'" : "'there'"));
    }

    @Test
    void whatIsRefusedIsExplained() {
        open(page);

        browser.evaluate("document.querySelector('.lease button[aria-label^=Rebalance]').click()");

        browser.awaitTrue("document.querySelector('#plan-title').textContent.startsWith('There is nothing to do')");
        assertThat(browser.evaluate("document.querySelector('#dialog-confirm').disabled")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void withoutTheRightToWriteNoOperationIsOffered() {
        open(readOnlyPage);

        assertThat(browser.evaluate(
                                "[...document.querySelectorAll('button')].filter(({ textContent }) => textContent.endsWith('…')).length")
                        .asInt())
                .isZero();
        browser.evaluate("document.querySelectorAll('.cell')[3].click()");
        browser.awaitTrue("document.querySelector('#dialog-facts').textContent.includes('Token1')");
        assertThat(text("#dialog-title")).isEqualTo("Partition 3 of orders");
        assertThat(browser.evaluate(
                                "[document.querySelector('#dialog-confirm').hidden, document.querySelector('#dialog-plan').hidden].join()")
                        .asString())
                .isEqualTo("true,true");
        browser.press("Escape");
    }

    @Test
    void theHistoryOfOneLeaseIsShown() {
        open(page);
        browser.awaitTrue("document.querySelector('#history').textContent.includes('opened a session')");

        browser.evaluate("document.querySelector('.lease button[aria-label^=History]').click()");

        browser.awaitTrue("document.querySelector('#history-filter').value === 'lease:orders'");
        String leases = "[...document.querySelectorAll('#history td[data-name=Lease]')]";
        browser.awaitTrue(
                "%s.length > 0 && %s.every(({ textContent }) => textContent === 'orders')".formatted(leases, leases));
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("history-title");
    }

    @Test
    void theHistoryHasPages() throws Exception {
        try (Cluster many = withLeases(25)) {
            browser.open(pageOf(many));
            String told =
                    "[...document.querySelectorAll('#history .told')].map(({ textContent }) => textContent).join()";
            browser.awaitTrue("!document.querySelector('#history-older').disabled");
            assertThat(browser.evaluate("document.querySelector('#history-newest').disabled")
                            .asBoolean())
                    .isTrue();

            browser.evaluate("document.querySelector('#history-older').click()");
            browser.awaitTrue("document.querySelector('#history-page').textContent === 'Page 2'");
            browser.awaitTrue(told + ".includes('there opened a session')");
            browser.evaluate("document.querySelector('#history-newest').click()");

            browser.awaitTrue("document.querySelector('#history-page').textContent === ''");
            browser.awaitTrue("document.querySelectorAll('#history tr').length === 20");
        }
    }

    private static Cluster withLeases(int leases) {
        Cluster many = new Cluster();
        LeaseClient client = many.client("there");
        for (int lease = 1; lease <= leases; lease++) {
            client.lease("lease-" + lease, 4);
        }
        return many;
    }

    private static URI pageOf(Cluster cluster) {
        Map<String, Object> properties = Map.of(
                "dbleases.page.enabled", "true", "management.endpoints.web.exposure.include", "leases,leasespage");
        return PageTests.address(cluster.application(WebApplicationType.SERVLET, properties), "/actuator/leasespage");
    }

    @Test
    void amongManyLeasesOneIsFoundByItsName() throws Exception {
        try (Cluster many = withLeases(8)) {
            browser.open(pageOf(many));
            String shown = "[...document.querySelectorAll('.lease h2')].map(({ textContent }) => textContent).join()";
            browser.awaitTrue(shown + " === 'lease-1,lease-2,lease-3,lease-4,lease-5,lease-6'");

            browser.evaluate("document.querySelector('#leases-find').focus()");
            browser.type("-8");
            browser.awaitTrue(shown + " === 'lease-8'");
            browser.evaluate("document.querySelector('#leases-find').value = ''");
            browser.evaluate("document.querySelector('#leases-find').dispatchEvent(new Event('input'))");
            assertThat(text("#leases-more")).isEqualTo("Show all 8");
            browser.evaluate("document.querySelector('#leases-more').click()");

            browser.awaitTrue("document.querySelectorAll('.lease').length === 8");
        }
    }

    @ParameterizedTest
    @CsvSource({"400, light", "400, dark", "1600, light", "1600, dark"})
    void nothingIsWiderThanThePage(int width, String scheme) {
        browser.size(width, 900);
        browser.colorScheme(scheme);
        open(page);

        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        String background = browser.evaluate("getComputedStyle(document.body).backgroundColor")
                .asString();
        assertThat(background.matches("rgb\\(2\\d\\d,.*")).as(background).isEqualTo(scheme.equals("light"));
        browser.evaluate("document.querySelectorAll('.cell')[3].click()");
        browser.awaitTrue("!document.querySelector('#dialog-confirm').disabled");
        assertThat(browser.evaluate("document.querySelector('dialog').scrollWidth")
                        .asInt())
                .isLessThanOrEqualTo(width);
        assertThat(browser.evaluate("document.querySelector('dialog').getBoundingClientRect().right")
                        .asInt())
                .isLessThanOrEqualTo(width);
        browser.press("Escape");
    }

    @Test
    void anInstanceThatDoesNotAnswerIsReportedAndReadAgain() {
        open(page);

        browser.offline(true);
        browser.awaitTrue("document.querySelector('#summary').dataset.state === 'bad'");
        assertThat(text("#summary-problems")).contains("The instance doesn't answer.");
        browser.offline(false);

        browser.awaitTrue("document.querySelector('#summary').dataset.state === 'good'");
    }

    @Test
    void whatIsShownDoesNotMoveWhenItIsReadAgain() {
        open(page);
        browser.awaitTrue("document.querySelectorAll('#history tr').length === 20");
        browser.awaitTrue("Number(document.querySelector('#runners .throughput b').textContent) > 0");
        browser.evaluate("""
                window.shifts = [];
                window.reads = 0;
                new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
                    .observe({ type: "layout-shift" });
                new PerformanceObserver((list) =>
                    window.reads += list.getEntries().filter(({ name }) => name.includes("/leases?")).length)
                    .observe({ type: "resource" });
                """);

        browser.awaitTrue("window.reads >= 3");

        assertThat(browser.evaluate("window.shifts.length").asInt()).isZero();
    }

    @Test
    void aPausedPageReadsNothing() {
        open(page);

        browser.evaluate("document.querySelector('#pause').click()");

        browser.awaitTrue("document.querySelector('#source-text').textContent === 'Paused'");
        assertThat(browser.evaluate("document.querySelector('#pause').getAttribute('aria-pressed')")
                        .asString())
                .isEqualTo("true");
        browser.evaluate("document.querySelector('#pause').click()");
        browser.awaitTrue("document.querySelector('#source-text').textContent === 'Live from here'");
    }
}
