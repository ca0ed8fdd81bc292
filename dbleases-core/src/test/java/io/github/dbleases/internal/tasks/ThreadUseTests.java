package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.internal.tasks.PendingReports.OutgoingRequest;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many of ten threads are busy on average, on virtual time, while the queue always has tasks. Tasks and round trips take
 * their mean time within 50 %. The queue never sees more than {@code tasksPerSession} tasks held, and one request at a time.
 */
class ThreadUseTests {

    private static final int THREADS = 10;

    /**
     * Without room for ready tasks, each thread waits for a round trip after each task: of 20 ms and 2 ms at most 9.09 threads
     * are busy. Requests that are being answered when a task ends cost a little more.
     */
    @ParameterizedTest
    @CsvSource({"20, 2, 8.7, 9.1", "20, 5, 7.2, 8.0", "100, 2, 9.7, 9.81"})
    void withoutRoomForReadyTasksEachThreadWaitsForARoundTrip(
            double task, double roundTrip, double least, double most) {
        assertThat(busyThreads(10, 1, task, roundTrip)).isBetween(least, most);
    }

    @ParameterizedTest
    @CsvSource({"12, 20, 2, 9.7", "15, 20, 2, 9.98", "20, 20, 5, 9.98", "30, 5, 2, 9.98"})
    void withRoomForAFewMoreTasksAllThreadsAreBusy(int tasksPerSession, double task, double roundTrip, double least) {
        assertThat(busyThreads(tasksPerSession, 1, task, roundTrip)).isGreaterThan(least);
    }

    /** Half of what may be ready would run out within two round trips. */
    @ParameterizedTest
    @CsvSource({"50, 1, 2, 9.4", "100, 1, 5, 8.6"})
    void shortTasksAreClaimedBeforeTheReadyOnesRunOut(
            int tasksPerSession, double task, double roundTrip, double least) {
        assertThat(busyThreads(tasksPerSession, 1, task, roundTrip)).isGreaterThan(least);
    }

    @Test
    void longTasksAreClaimedManyAtATime() {
        Simulation simulation = new Simulation(200, 1, 20, 2);

        simulation.run(Duration.ofSeconds(20));

        assertThat(simulation.claimed / simulation.claims).isGreaterThan(80);
        assertThat(simulation.busyThreads()).isGreaterThan(9.99);
    }

    private static double busyThreads(int tasksPerSession, int batchSize, double task, double roundTrip) {
        Simulation simulation = new Simulation(tasksPerSession, batchSize, task, roundTrip);
        simulation.run(Duration.ofSeconds(20));
        return simulation.busyThreads();
    }

    /** A runner, its threads and its queue, as events on virtual time. */
    private static final class Simulation {

        private final RunnerState<Long> state;
        private final int tasksPerSession;
        private final double taskMillis;
        private final double roundTripMillis;
        private final Random random = new Random(1);
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
        private final Set<Object> held = new HashSet<>();
        private long now;
        private long eventCount;
        private long lastId;
        private boolean requestSent;
        private int busy;
        private long busySince;
        private double busyNanos;
        private long claims;
        private long claimed;

        private record Event(long at, long number, Runnable action) {}

        Simulation(int tasksPerSession, int batchSize, double taskMillis, double roundTripMillis) {
            this.tasksPerSession = tasksPerSession;
            this.taskMillis = taskMillis;
            this.roundTripMillis = roundTripMillis;
            TaskRunnerConfig config = TaskRunnerConfig.builder("test")
                    .tasksPerSession(tasksPerSession)
                    .batchSize(batchSize)
                    .threads(THREADS)
                    .build();
            this.state = new RunnerState<>(config, batchSize, false, () -> 0.5, now);
            state.observe(OptionalLong.of(7), false, now);
        }

        void run(Duration time) {
            after(0, this::stepQueue);
            while (!events.isEmpty() && events.element().at() <= time.toNanos()) {
                Event event = events.remove();
                now = event.at();
                event.action().run();
            }
            setBusy(busy);
        }

        double busyThreads() {
            return busyNanos / now;
        }

        private void after(long nanos, Runnable action) {
            events.add(new Event(now + nanos, eventCount++, action));
        }

        private long around(double meanMillis) {
            return (long) (meanMillis * (0.5 + random.nextDouble()) * 1_000_000);
        }

        private void setBusy(int threads) {
            busyNanos += (double) busy * (now - busySince);
            busySince = now;
            busy = threads;
        }

        private void stepQueue() {
            if (requestSent) {
                return;
            }
            OutgoingRequest<Long> sent = state.next(Place.ALONE, now);
            if (sent == null) {
                long wait = state.nanosUntilDue(now);
                if (wait < Long.MAX_VALUE) {
                    after(Math.max(1, wait), this::stepQueue);
                }
                return;
            }
            requestSent = true;
            long roundTrip = around(roundTripMillis);
            List<ClaimedTask<Long>> tasks = new ArrayList<>();
            after(roundTrip / 2, () -> exchange(sent, tasks));
            after(roundTrip, () -> {
                requestSent = false;
                boolean more = !tasks.isEmpty();
                state.answered(sent, new TaskReply<>(tasks, List.of(), more, List.of(), List.of(), List.of()), now);
                startBatches();
                stepQueue();
            });
        }

        private void exchange(OutgoingRequest<Long> sent, List<ClaimedTask<Long>> tasks) {
            sent.request().tasks().forEach(task -> held.remove(task.id()));
            if (sent.request().claim() != null) {
                claims++;
                int limit = sent.request().claim().claim().limit();
                for (int i = 0; i < limit; i++) {
                    long id = ++lastId;
                    held.add(id);
                    tasks.add(new ClaimedTask<>(id, id, 0));
                }
                claimed += limit;
            }
            assertThat(held).hasSizeLessThanOrEqualTo(tasksPerSession);
        }

        private void startBatches() {
            while (busy < THREADS) {
                Batch<Long> batch = state.take(now);
                if (batch == null) {
                    return;
                }
                setBusy(busy + 1);
                long nanos = 0;
                for (int i = 0; i < batch.size(); i++) {
                    nanos += around(taskMillis);
                }
                after(nanos, () -> {
                    setBusy(busy - 1);
                    state.done(batch, BatchOutcome.returned(batch.tasks(), false, List.of(), List.of()), now);
                    startBatches();
                    stepQueue();
                });
            }
        }
    }
}
