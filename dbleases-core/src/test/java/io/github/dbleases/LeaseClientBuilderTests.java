package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user types to start a client and a task runner. */
class LeaseClientBuilderTests {

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();

    @Test
    void aClientNeedsNothingButAStore() {
        try (LeaseClient client = LeaseClient.builder(store).start()) {
            Lease lease = client.lease("orders", 8);

            await().until(() -> lease.values().size() == 8);
            assertThat(client.clientId()).isEqualTo(LeaseClientConfig.defaultClientId());
            assertThat(client.status().ttl()).hasSeconds(6);
        }
    }

    @Test
    void settingsAreThoseOfTheBuilder() {
        LeaseClientConfig config =
                LeaseClientConfig.builder().clientId("one").weight(3).build();
        List<LeaseEvent> events = new CopyOnWriteArrayList<>();

        try (LeaseClient client = LeaseClient.builder(store)
                .config(config)
                .ttl(Duration.ofSeconds(3))
                .debounce(Duration.ZERO)
                .drainTimeout(Duration.ZERO)
                .balanceLeaderships(true)
                .listener(events::add)
                .start()) {
            assertThat(client.clientId()).isEqualTo("one");
            assertThat(client.status().heartbeat()).hasMillis(750);
            assertThat(client.cluster().sessions())
                    .singleElement()
                    .satisfies(session -> assertThat(session.weight()).isEqualTo(3));
            await().until(() -> events.contains(new LeaseEvent.ClientRestored("one")));
        }
    }

    @Test
    void aSettingOutsideItsLimitsFailsTheStart() {
        LeaseClient.Builder builder = LeaseClient.builder(store).weight(0);

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(builder::start)
                .withMessage("weight is 0, but must be 1 to 1,000. Set another weight.");
    }

    @Test
    void aTaskRunnerNeedsAClientANameAQueueAndATasker() throws Exception {
        List<String> performed = new CopyOnWriteArrayList<>();
        ListQueue queue = new ListQueue(List.of("one", "two", "three"));
        try (LeaseClient client = LeaseClient.builder(store).start()) {
            TaskRunner runner = TaskRunner.builder(client, "letters", queue, Tasker.each(performed::add))
                    .tasksPerSession(2)
                    .interval(Duration.ofMillis(10))
                    .build();
            runner.start();

            assertThat(runner.drain(Duration.ofSeconds(30))).isTrue();

            assertThat(performed).containsExactlyInAnyOrder("one", "two", "three");
            assertThat(runner.status().completed()).isEqualTo(3);
            runner.stop();
        }
    }

    @Test
    void aClientThatTheLibraryDidNotBuildCannotRunTasks() {
        try (LeaseClient client = LeaseClient.builder(store).start()) {
            LeaseClient wrapping = (LeaseClient) java.lang.reflect.Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {LeaseClient.class},
                    (proxy, method, arguments) -> method.invoke(client, arguments));
            TaskRunner.Builder<String> builder =
                    TaskRunner.builder(wrapping, "letters", new ListQueue(List.of()), Tasker.each(task -> {}));

            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(builder::build)
                    .withMessageContaining("needs one that LeaseClient.builder has built");
        }
    }

    /** Tasks of one session. */
    private static final class ListQueue implements TaskQueue<String> {

        private final List<String> pending;

        ListQueue(List<String> pending) {
            this.pending = new CopyOnWriteArrayList<>(pending);
        }

        @Override
        public List<String> claim(TaskClaim claim) {
            List<String> claimed = List.copyOf(pending.subList(0, Math.min(claim.limit(), pending.size())));
            pending.removeAll(claimed);
            return claimed;
        }

        @Override
        public List<String> finish(long session, List<String> tasks) {
            return List.of();
        }

        @Override
        public void release(long session, List<String> tasks) {
            pending.addAll(tasks);
        }

        @Override
        public boolean fail(long session, TaskFailure<String> failure) {
            return true;
        }
    }
}
