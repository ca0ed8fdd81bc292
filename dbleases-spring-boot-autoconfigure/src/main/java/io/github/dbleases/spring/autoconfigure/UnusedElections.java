package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Warns of settings for elections in which the client is no candidate once the application is ready. A typo in such a name
 * would otherwise switch off a work deadline silently.
 */
final class UnusedElections implements ApplicationListener<ApplicationReadyEvent> {

    private static final Logger log = LoggerFactory.getLogger(UnusedElections.class);

    private final LeaseClient client;
    private final DbLeasesProperties properties;
    private final ApplicationContext context;

    UnusedElections(LeaseClient client, DbLeasesProperties properties, ApplicationContext context) {
        this.client = client;
        this.properties = properties;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (event.getApplicationContext() != context || !properties.enabled()) {
            return;
        }
        Set<String> joined =
                client.leaderships().stream().map(Leadership::name).collect(Collectors.toCollection(TreeSet::new));
        properties.elections().keySet().stream()
                .filter(name -> !joined.contains(name))
                .forEach(name -> log.warn(
                        "The properties below dbleases.elections.{} have no effect yet, because this instance is a candidate only"
                                + " in the elections {}. Correct the name, unless the election is joined later",
                        name,
                        joined));
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }
}
