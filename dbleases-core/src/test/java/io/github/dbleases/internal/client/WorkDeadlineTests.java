package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientStatus.OverdueWork;
import io.github.dbleases.Hold;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.WorkDeadline;
import io.github.dbleases.internal.WorkThread;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work deadlines with real threads. */
class WorkDeadlineTests {

    private static final Timing TIMING = Timing.builder(Duration.ofSeconds(20))
            .heartbeat(Duration.ofMillis(100))
            .build();

    private final LogCapture log = LogCapture.of(WorkWatch.class);
    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final LeaseClient one = start("one", WorkDeadline.giveUp(Duration.ofSeconds(1)));
    private final LeaseClient two = start("two", WorkDeadline.giveUp(Duration.ofSeconds(1)));

    private LeaseClient start(String id, WorkDeadline deadline) {
        return LeaseClient.builder(store)
                .clientId(id)
                .timing(TIMING)
                .debounce(Duration.ofMillis(50))
                .workDeadline("orders", deadline)
                .workDeadline("reports", deadline)
                .start();
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        log.close();
    }

    @Test
    void workThatHangsIsInterruptedAndItsPartitionGoesToAnotherClient() throws Exception {
        Lease first = one.lease("orders", 2);
        Lease second = two.lease("orders", 2);
        await().until(() -> first.values().size() == 1 && second.values().size() == 1);
        int partition = first.values().iterator().next();

        assertThatThrownBy(() -> first.runIfOwned(partition, hold -> new CountDownLatch(1).await()))
                .isInstanceOf(InterruptedException.class);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        await().until(() -> second.owns(partition));
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "Partition %d of orders has been held for ".formatted(partition),
                                "longer than its work deadline of 1000 ms, by thread "
                                        + Thread.currentThread().getName(),
                                "which is interrupted and hands over",
                                "CountDownLatch.await"));
    }

    @Test
    void anInterruptThatTheWorkDoesNotNoticeIsTakenBack() {
        Leadership leadership = one.leadership("reports");
        await().until(leadership::isLeader);
        Thread worker = Thread.currentThread();

        boolean run = leadership.runIfLeader(() -> {
            while (!worker.isInterrupted()) {
                Thread.onSpinWait();
            }
        });

        assertThat(run).isTrue();
        assertThat(worker.isInterrupted()).isFalse();
    }

    @Test
    void aHoldThatIsClosedByAnotherThreadInterruptsItsOwnThreadOnly() throws Exception {
        Lease lease = one.lease("orders", 1);
        await().until(() -> lease.owns(0));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Hold hold = lease.tryHold(0).orElseThrow();
        WorkThread.of(hold, null);
        CountDownLatch end = new CountDownLatch(1);
        Thread worker = new Thread(() -> {
            try {
                end.await();
                interrupted.complete(false);
            } catch (InterruptedException noticed) {
                interrupted.complete(true);
            }
        });
        worker.start();

        await().until(() ->
                one.status().overdueWork().stream().map(OverdueWork::thread).anyMatch("(none)"::equals));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        hold.close();
        end.countDown();
        worker.join();

        assertThat(interrupted).isCompletedWithValue(false);
        assertThat(one.status().overdueWork()).isEmpty();
    }

    @Test
    void impossibleDeadlinesAreRefused() {
        assertThatThrownBy(() -> WorkDeadline.report(Duration.ofMillis(999)))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("workDeadline is PT0.999S, but must be between 1 s and 365 days.");
        assertThatThrownBy(() -> WorkDeadline.giveUp(Duration.ofDays(366))).hasMessageContaining("PT8784H");
    }

    @Test
    void deadlinesArePartOfTheSettings() {
        WorkDeadline deadline = WorkDeadline.report(Duration.ofMinutes(5));

        LeaseClientConfig config =
                LeaseClientConfig.builder().workDeadline("orders", deadline).build();

        assertThat(config.workDeadlines()).containsOnlyKeys("orders").containsValue(deadline);
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }
}
