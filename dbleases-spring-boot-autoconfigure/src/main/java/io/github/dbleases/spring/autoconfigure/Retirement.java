package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.internal.InternalLeaseClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Makes a client accept nothing new from the moment when the application begins to shut down. The client keeps what it owns
 * until running work has ended.
 */
final class Retirement implements ApplicationListener<ContextClosedEvent> {

    private final LeaseClient client;
    private final ApplicationContext context;

    /**
     * Creates a listener.
     *
     * @param context the context that ends the client when it closes; events of child contexts arrive here too
     */
    public Retirement(LeaseClient client, ApplicationContext context) {
        this.client = client;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context && client instanceof InternalLeaseClient ours) {
            ours.retire();
        }
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }
}
