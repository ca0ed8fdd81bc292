package io.github.dbleases.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.testing.log.LogCapture;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** When there is a page. The starter has tests of the page itself. */
class LeasesPageAutoConfigurationTests {

    private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
            EndpointAutoConfiguration.class,
            WebEndpointAutoConfiguration.class,
            LeasesEndpointAutoConfiguration.class,
            LeasesPageAutoConfiguration.class);

    private final WebApplicationContextRunner web = new WebApplicationContextRunner()
            .withConfiguration(CONFIGURATIONS)
            .withBean(LeaseClient.class, FakeLeaseClient::new);

    @Test
    void thereIsNoPageUnlessItIsSwitchedOn() {
        web.withPropertyValues("management.endpoints.web.exposure.include=*")
                .run(context -> assertThat(context).doesNotHaveBean(LeasesPageEndpoint.class));
    }

    @Test
    void thereIsAPageIfItIsSwitchedOnAndBothEndpointsAreExposed() {
        web.withPropertyValues(
                        "dbleases.page.enabled=true", "management.endpoints.web.exposure.include=leases,leasespage")
                .run(context -> assertThat(context).hasSingleBean(LeasesPageEndpoint.class));
    }

    @Test
    void aPageWhoseEndpointsAreNotBothExposedIsReported() {
        for (String exposed : new String[] {"leases", "leasespage", "health"}) {
            try (LogCapture log = LogCapture.of(LeasesPageAutoConfiguration.class)) {
                web.withPropertyValues(
                                "dbleases.page.enabled=true", "management.endpoints.web.exposure.include=" + exposed)
                        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LeasesPageEndpoint.class));

                assertThat(log.warnings())
                        .singleElement()
                        .satisfies(warning -> assertThat(warning)
                                .contains("dbleases.page.enabled=true has no effect", "leases and leasespage"));
            }
        }
    }

    @Test
    void anApplicationWithoutAWebServerHasNoPageAndIsNotWarned() {
        try (LogCapture log = LogCapture.of(LeasesPageAutoConfiguration.class)) {
            new ApplicationContextRunner()
                    .withConfiguration(CONFIGURATIONS)
                    .withBean(LeaseClient.class, FakeLeaseClient::new)
                    .withPropertyValues("dbleases.page.enabled=true", "management.endpoints.web.exposure.include=*")
                    .run(context -> assertThat(context).doesNotHaveBean(LeasesPageEndpoint.class));

            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void theFilesArePutIntoANativeImage() {
        RuntimeHints hints = new RuntimeHints();

        new LeasesPageAutoConfiguration.Files().registerHints(hints, null);

        for (String file : new String[] {"index.html", "page.js", "page.css", "icon.svg"}) {
            assertThat(RuntimeHintsPredicates.resource().forResource("io/github/dbleases/spring/actuate/page/" + file))
                    .accepts(hints);
        }
    }
}
