package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.HistoryEvent.Type;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Timing;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Work that exceeds its deadline, in the tables and in the history. */
class WorkDeadlineOnPostgresTests {

    private final PostgresLeaseStore store =
            new PostgresLeaseStore(TestTables.create(PostgresServer.newest()).dataSource());

    private LeaseClient start(String id) {
        return LeaseClient.builder(store)
                .clientId(id)
                .timing(Timing.builder(Duration.ofSeconds(20))
                        .heartbeat(Duration.ofMillis(200))
                        .build())
                .debounce(Duration.ofMillis(100))
                .workDeadline("orders", WorkDeadline.giveUp(Duration.ofSeconds(1)))
                .start();
    }

    @Test
    void theHistoryTellsWhatWasOverdueAndWhereItWent() {
        try (LeaseClient one = start("one");
                LeaseClient two = start("two")) {
            Lease first = one.lease("orders", 4);
            Lease second = two.lease("orders", 4);
            await().until(() -> first.values().size() == 2 && second.values().size() == 2);
            int partition = first.values().iterator().next();

            assertThatThrownBy(() -> first.runIfOwned(partition, hold -> new CountDownLatch(1).await()))
                    .isInstanceOf(InterruptedException.class);
            await().until(() -> second.owns(partition) && first.values().size() == 2);

            await().until(() -> !events(one, Type.WORK_OVERDUE).isEmpty());
            assertThat(events(one, Type.WORK_OVERDUE)).singleElement().satisfies(event -> {
                assertThat(event.partitions()).containsExactly(partition);
                assertThat(event.session()).isNotNull();
                assertThat(event.session().client()).isEqualTo("one");
                assertThat(event.detail())
                        .isEqualTo("held for longer than PT1S by thread "
                                + Thread.currentThread().getName());
            });
            assertThat(events(one, Type.HAND_OVER_REQUESTED))
                    .filteredOn(event -> event.cause() == Cause.WORK_OVERDUE)
                    .hasSize(2);
        }
    }

    private static List<HistoryEvent> events(LeaseClient client, Type type) {
        return client.history(HistoryQuery.ofLease("orders")).stream()
                .filter(event -> event.type() == type)
                .toList();
    }
}
