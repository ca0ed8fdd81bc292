package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseEvent;
import io.github.dbleases.LeaseEventListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Publishes the events of a client to the application, in the thread that reports them. So a hand-over that waits for an
 * event waits for the listeners of the application.
 */
final class EventPublication implements LeaseEventListener {

    private static final Logger log = LoggerFactory.getLogger(EventPublication.class);

    private final ConfigurableApplicationContext context;

    /** Publishes to the listeners of a context and of its parents. */
    public EventPublication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @Override
    public void onEvent(LeaseEvent event) {
        try {
            if (context.isActive()) {
                context.publishEvent(event);
            }
        } catch (RuntimeException failure) {
            if (context.isActive()) {
                throw failure;
            }
            log.debug("{} was not published: the application context is closed", event, failure);
        }
    }
}
