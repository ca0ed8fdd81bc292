package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets a client take up nothing new from the moment that the application begins to shut down. What it owns, it keeps
 * until running work has ended.
 */
final class Retirement implements ApplicationListener<ContextClosedEvent> {

    private final LeaseClient client;
    private final ApplicationContext context;

    /**
     * Creates a listener.
     *
     * @param context the context whose end counts; that of a child context is told of too, and does not
     */
    public Retirement(LeaseClient client, ApplicationContext context) {
        this.client = client;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            client.retire();
        }
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }
}
