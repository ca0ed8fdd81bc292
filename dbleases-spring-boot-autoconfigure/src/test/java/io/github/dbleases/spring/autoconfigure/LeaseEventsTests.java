package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseEvent;
import io.github.dbleases.LeaseEvent.ClientRestored;
import io.github.dbleases.LeaseEvent.ClientSuspended;
import io.github.dbleases.LeaseEvent.Elected;
import io.github.dbleases.LeaseEvent.Ousted;
import io.github.dbleases.LeaseEvent.PartitionsAssigned;
import io.github.dbleases.LeaseEvent.PartitionsRevoked;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;

/** What happens to the client is published as events of the application. */
@ExtendWith(OutputCaptureExtension.class)
class LeaseEventsTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DbLeasesAutoConfiguration.class))
            .withBean(LeaseStore.class, InMemoryLeaseStore::new)
            .withPropertyValues(
                    "dbleases.client-id=here", "dbleases.debounce=0", "dbleases.leases.orders.partitions=8");

    @Test
    void eachStartIsFollowedByOneStop() {
        List<LeaseEvent> heard = new CopyOnWriteArrayList<>();
        application.withBean(Listener.class, heard).run(context -> {
            context.getBean(LeaseClient.class).leadership("reports");
            await().untilAsserted(() -> assertThat(heard).hasAtLeastOneElementOfType(Elected.class));
            await().untilAsserted(() -> assertThat(heard).hasAtLeastOneElementOfType(PartitionsAssigned.class));
        });

        assertThat(heard).allMatch(event -> event.clientId().equals("here"));
        assertThat(heard)
                .extracting(event -> event.getClass().getSimpleName())
                .containsOnlyOnce("Elected", "Ousted", "PartitionsAssigned", "PartitionsRevoked", "ClientRestored");
        assertThat(position(heard, Elected.class)).isLessThan(position(heard, Ousted.class));
        assertThat(position(heard, PartitionsAssigned.class)).isLessThan(position(heard, PartitionsRevoked.class));
        assertThat(heard).filteredOn(Elected.class::isInstance).first().satisfies(event -> {
            assertThat(((Elected) event).leadership()).isEqualTo("reports");
            assertThat(((Elected) event).token()).isPositive();
        });
    }

    private static int position(List<LeaseEvent> heard, Class<?> type) {
        return heard.stream().map(Object::getClass).toList().indexOf(type);
    }

    @Test
    void aListenerHearsTheEventsThatItAsksFor() {
        List<Object> elections = new CopyOnWriteArrayList<>();
        List<Object> payloads = new CopyOnWriteArrayList<>();
        application
                .withBean("choosy", Choosy.class, () -> new Choosy(elections, payloads))
                .run(context -> {
                    context.getBean(LeaseClient.class).leadership("reports");
                    await().untilAsserted(() -> assertThat(elections).hasSize(1));
                    await().untilAsserted(() -> assertThat(payloads).isNotEmpty());
                });

        assertThat(elections).hasSize(1).hasOnlyElementsOfType(Elected.class);
        assertThat(payloads)
                .hasOnlyElementsOfTypes(
                        Elected.class,
                        Ousted.class,
                        PartitionsAssigned.class,
                        PartitionsRevoked.class,
                        ClientRestored.class,
                        ClientSuspended.class);
    }

    @Test
    void aListenerThatThrowsIsLoggedAndHarmsNothing(CapturedOutput output) {
        List<LeaseEvent> heard = new CopyOnWriteArrayList<>();
        application
                .withBean("throwing", Throwing.class, () -> new Throwing(heard))
                .run(context -> {
                    LeaseClient client = context.getBean(LeaseClient.class);
                    await().until(() -> client.leadership("reports").isLeader());
                    await().until(() -> client.lease("orders", 8).values().size() == 8);
                });

        assertThat(heard)
                .extracting(event -> event.getClass().getSimpleName())
                .containsOnlyOnce("Elected", "Ousted", "PartitionsAssigned", "PartitionsRevoked", "ClientRestored");
        assertThat(output).contains("a listener that throws");
    }

    @Test
    void theNextOwnerWaitsUntilTheStopWasHandled() {
        InMemoryLeaseStore shared = new InMemoryLeaseStore();
        List<String> order = new CopyOnWriteArrayList<>();
        ApplicationContextRunner sharing = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DbLeasesAutoConfiguration.class))
                .withBean(LeaseStore.class, () -> shared);
        sharing.withPropertyValues("dbleases.client-id=next")
                .withBean(Order.class, order)
                .run(next -> {
                    sharing.withPropertyValues("dbleases.client-id=first")
                            .withBean(Order.class, order)
                            .run(first -> {
                                first.getBean(LeaseClient.class).leadership("reports");
                                await().until(() -> order.contains("first elected"));
                                next.getBean(LeaseClient.class).leadership("reports");
                            });
                    await().until(() -> order.contains("next elected"));
                });

        assertThat(order).containsExactly("first elected", "first ousted", "next elected", "next ousted");
    }

    @Test
    void nothingIsPublishedOnceTheContextIsClosed() {
        GenericApplicationContext context = new GenericApplicationContext();
        EventPublication publication = new EventPublication(context);
        LeaseEvent event = new Ousted("here", "reports");
        assertThatCode(() -> publication.onEvent(event)).doesNotThrowAnyException();

        context.refresh();
        context.addApplicationListener(published -> {
            throw new IllegalStateException("a listener that throws");
        });
        assertThatThrownBy(() -> publication.onEvent(event)).hasMessage("a listener that throws");

        context.close();
        assertThatCode(() -> publication.onEvent(event)).doesNotThrowAnyException();
    }

    record Listener(List<LeaseEvent> heard) {

        @EventListener
        void on(LeaseEvent event) {
            heard.add(event);
        }
    }

    record Choosy(List<Object> elections, List<Object> payloads) {

        @EventListener(Elected.class)
        void onElected(Object event) {
            elections.add(event);
        }

        @EventListener
        void onPayload(PayloadApplicationEvent<? extends LeaseEvent> event) {
            payloads.add(event.getPayload());
        }
    }

    record Throwing(List<LeaseEvent> heard) {

        @EventListener
        void on(LeaseEvent event) {
            heard.add(event);
            throw new IllegalStateException("a listener that throws");
        }
    }

    record Order(List<String> order) {

        @EventListener
        void on(Elected event) {
            order.add(event.clientId() + " elected");
        }

        @EventListener
        void on(Ousted event) {
            order.add(event.clientId() + " ousted");
        }
    }
}
