package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Participation;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Makes a client stand by while the application does not accept traffic, if {@code dbleases.participation} is {@code ready}.
 * Until the first event, the application is starting and does not accept traffic.
 */
final class ReadyParticipation implements ApplicationListener<AvailabilityChangeEvent<?>> {

    private final LeaseClient client;
    private final Participation participation;
    private final ApplicationContext context;

    /**
     * Drains the client, which has not started, unless it always takes part.
     *
     * @param context the context whose traffic matters; events of child contexts arrive here too
     */
    ReadyParticipation(LeaseClient client, Participation participation, ApplicationContext context) {
        this.client = client;
        this.participation = participation;
        this.context = context;
        if (participation == Participation.READY) {
            client.drain();
        }
    }

    @Override
    public void onApplicationEvent(AvailabilityChangeEvent<?> event) {
        boolean ofAnotherContext = event.getSource() instanceof ApplicationContext source && source != context;
        if (participation == Participation.ALWAYS || ofAnotherContext) {
            return;
        }
        if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
            client.resume();
        } else if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
            client.drain();
        }
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }
}
