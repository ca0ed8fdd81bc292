package io.github.dbleases.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.sample.SampleProperties;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class OrderWorkerTests {

    private static final int LONG_BATCH = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final Desk desk = new Desk();

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final Deque<Instance> instances = new ArrayDeque<>();

    /** A client, and the worker that processes what the client owns. */
    private record Instance(LeaseClient client, OrderWorker worker) {

        void end() {
            worker.stop();
            client.close();
        }
    }

    @AfterEach
    void endAll() {
        instances.forEach(Instance::end);
    }

    @Test
    void theOrdersOfACustomerAreDoneInTheOrderOfTheirNumbers() {
        start("instance-1", 2_000);

        awaitVerdict();

        assertThat(desk.jdbc.sql("""
                                SELECT count(*) FROM (
                                    SELECT done_at, lag(done_at) OVER (PARTITION BY customer ORDER BY id) AS before
                                    FROM desk_order) o
                                WHERE done_at <= before
                                """).query(Long.class).single()).isZero();
    }

    @Test
    void anOrderThatIsDoneHasOneEmailInTheOutbox() {
        start("instance-1", 200);

        awaitVerdict();

        assertThat(desk.count("email_outbox")).isEqualTo(200);
        assertThat(desk.jdbc
                        .sql("SELECT count(DISTINCT order_id) FROM email_outbox WHERE address LIKE 'c-%.example'")
                        .query(Long.class)
                        .single())
                .isEqualTo(200);
    }

    /**
     * With few partitions and long batches, each hand-over comes in the middle of a batch and has to wait for its end.
     */
    @Test
    void aHandOverInTheMiddleOfABatchLeavesAllBalancesRight() {
        Instance first = startSlow("instance-1");
        // Now it is working on the third of its four partitions, and will have to give the last two away.
        awaitThat(() -> doneBy("instance-1") > 2 * LONG_BATCH);
        startSlow("instance-2");
        awaitThat(() -> doneBy("instance-2") > 150);
        startSlow("instance-3");
        awaitThat(() -> doneBy("instance-3") > 150);
        first.end();
        assertThat(desk.waiting())
                .as("waiting orders after the first one has left")
                .isPositive();

        assertThat(awaitVerdict().wrong()).isEmpty();
    }

    @Test
    void aWorkerThatStopsFinishesItsCurrentOrder() {
        Instance instance = start("instance-1", 10_000);
        awaitThat(() -> doneBy("instance-1") > 100);

        instance.worker().stop();

        long done = doneBy("instance-1");
        assertThat(desk.jdbc
                        .sql(
                                "SELECT sum(balance)::bigint = (SELECT sum(cents) FROM desk_order WHERE done_at IS NOT NULL)"
                                        + " FROM desk_customer")
                        .query(Boolean.class)
                        .single())
                .isTrue();
        assertThat(doneBy("instance-1")).isEqualTo(done);
        assertThat(instance.worker().isRunning()).isFalse();
    }

    private Instance startSlow(String name) {
        return start(new SampleProperties(name, 2_000, Duration.ofMillis(2), LONG_BATCH, Duration.ZERO, null), 4);
    }

    private Instance start(String name, int orders) {
        return start(Desk.named(name, orders), 128);
    }

    private Instance start(SampleProperties properties, int partitions) {
        Timing timing = Timing.builder(Duration.ofSeconds(6))
                .heartbeat(Duration.ofMillis(100))
                .build();
        LeaseClient client = LeaseClient.builder(store)
                .clientId(properties.name())
                .timing(timing)
                .debounce(Duration.ofMillis(20))
                .start();
        Instance instance = new Instance(client, desk.worker(client.lease("orders", partitions), properties));
        instance.worker().start();
        instances.push(instance);
        return instance;
    }

    private long doneBy(String instance) {
        return desk.jdbc
                .sql("SELECT count(*) FROM desk_order WHERE done_by = ?")
                .param(instance)
                .query(Long.class)
                .single();
    }

    private static void awaitThat(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    private Verdict awaitVerdict() {
        BalanceCheck check = desk.check(Desk.named("test", 0));
        awaitThat(() -> check.latest().isPresent());
        return check.latest().orElseThrow();
    }
}
