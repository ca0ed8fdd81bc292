package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.FakeLeadership;
import io.github.dbleases.spring.FakeLeaseClient;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Applications whose elections a test decides. */
final class Applications {

    private Applications() {}

    /** An application with a client that leads nothing. */
    static ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        PropertyPlaceholderAutoConfiguration.class,
                        LeaderOnlyAutoConfiguration.class))
                .withBean(FakeLeaseClient.class, FakeLeaseClient::new);
    }

    static FakeLeadership leadership(ApplicationContext context, String name) {
        return (FakeLeadership) context.getBean(LeaseClient.class).leadership(name);
    }
}
