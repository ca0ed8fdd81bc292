package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.BatchFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several runners on one queue, with steps in random order and random failures: requests that fail, lost replies and commits,
 * taskers that throw, sessions that are not trusted for a while, clients that
 * stand by, and sessions that die and are replaced.
 */
class RunnerRandomTests {

    private static final int TASKS = 300;
    private static final int RUNNERS = 3;
    private static final int STEPS = 6_000;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void inTheEndEveryTaskIsFinishedOnce(long seed) {
        Trial trial = new Trial(seed);
        for (int i = 0; i < STEPS; i++) {
            trial.step();
        }
        trial.calmDown();

        assertThat(trial.queue.finished().values()).hasSize(TASKS).containsOnly(1);
        // It can be less: if the outcome of a commit is unknown and its session is replaced, the runner never learns
        // it.
        assertThat(trial.runners.stream()
                        .mapToLong(runner -> runner.reporter.completed())
                        .sum())
                .isLessThanOrEqualTo(TASKS);
        assertThat(trial.runners).allSatisfy(runner -> {
            assertThat(runner.held()).isZero();
            assertThat(runner.isEmpty()).isTrue();
        });
    }

    /** A sequence of events that the seed determines. */
    private static final class Trial {

        private final Random random;
        private final MemoryQueue queue = new MemoryQueue().withoutRecording().with(TASKS);
        private final List<Steps> runners = new ArrayList<>();
        private final List<MemoryTransactions> transactions = new ArrayList<>();
        private long nextSession = 1_000;
        private boolean calm;

        Trial(long seed) {
            random = new Random(seed);
            for (int i = 0; i < RUNNERS; i++) {
                MemoryTransactions own = random.nextBoolean() ? new MemoryTransactions(queue) : null;
                int most = 1 + random.nextInt(40);
                Steps runner = new Steps(Steps.config(most, 1 + random.nextInt(most)), queue, this::work, own);
                runner.session.open(nextSession++);
                runner.session.share(RUNNERS);
                runners.add(runner);
                if (own != null) {
                    transactions.add(own);
                }
            }
        }

        private List<String> work(List<String> tasks) throws BatchFailedException {
            int chance = calm ? 100 : random.nextInt(100);
            if (chance < 10) {
                throw new IllegalStateException("planted");
            }
            if (chance < 14) {
                int failed = random.nextInt(tasks.size());
                throw new BatchFailedException(tasks.subList(0, failed))
                        .failed(tasks.get(failed), new IllegalStateException("planted"));
            }
            if (chance < 20) {
                return tasks.subList(0, random.nextInt(tasks.size() + 1));
            }
            if (chance < 25) {
                event(runners.get(random.nextInt(RUNNERS)));
            }
            return tasks;
        }

        void step() {
            Steps runner = runners.get(random.nextInt(RUNNERS));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> runner.queue();
                case 3, 4, 5 -> runner.work();
                case 6 -> runner.clock.pass(Duration.ofMillis(random.nextInt(1_000)));
                default -> event(runner);
            }
        }

        private void event(Steps runner) {
            switch (random.nextInt(18)) {
                case 0, 1 -> queue.failNext();
                case 2, 3 -> queue.loseNextReply();
                case 4, 5, 6 -> runner.session.distrust();
                case 7 -> runner.session.id().ifPresent(id -> replace(runner, id));
                case 8 -> transactions.forEach(MemoryTransactions::loseNextCommit);
                case 9 -> transactions.forEach(MemoryTransactions::failNextCommit);
                case 10 -> runner.session.drain(true);
                case 11 -> runner.session.drain(false);
                default -> runner.session.trust(runner.session.last());
            }
        }

        private void replace(Steps runner, long id) {
            queue.end(id);
            runner.session.open(nextSession++);
        }

        void calmDown() {
            calm = true;
            queue.heal();
            transactions.forEach(MemoryTransactions::heal);
            runners.get(0).session.drain(false);
            runners.forEach(runner -> runner.session.trust(runner.session.last()));
            for (int i = 0; i < 400 && queue.pending() > 0; i++) {
                runners.forEach(runner -> runner.pass(Duration.ofSeconds(1)).run());
            }
            runners.forEach(runner -> runner.runFor(Duration.ofSeconds(150)));
        }
    }
}
