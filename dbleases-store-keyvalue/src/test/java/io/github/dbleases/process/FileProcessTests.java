package io.github.dbleases.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four processes on one directory are killed, stopped or ended one after another. There are never two leaders or two
 * owners, and there is soon one again. {@code -Ddbleases.processes.rounds=300} runs for about ten minutes, and {@code
 * -Ddbleases.processes.seed=42} chooses other processes.
 */
class FileProcessTests {

    private static final int ROUNDS = Integer.getInteger("dbleases.processes.rounds", 6);
    private static final long SEED = Long.getLong("dbleases.processes.seed", 20260101);
    private static final int PROCESSES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final Testimonies testimonies = new Testimonies();
    private final List<Witness> running = new ArrayList<>();

    @AfterEach
    void end() {
        running.forEach(Witness::close);
        assertThat(testimonies.contradictions()).as("seed " + SEED).isEmpty();
    }

    @Test
    void thereAreNeverTwoLeadersOrOwnersAndSoonOneAgain() throws IOException {
        for (int i = 0; i < PROCESSES; i++) {
            start();
        }
        awaitOneLeaderAndOwnersOfAll(running);

        for (int round = 0; round < ROUNDS; round++) {
            Witness victim = victim();
            List<Witness> others = new ArrayList<>(running);
            others.remove(victim);
            int what = random.nextInt(4);
            if (what == 0) {
                victim.stop();
                awaitOneLeaderAndOwnersOfAll(others);
                victim.resume();
            } else {
                running.remove(victim);
                if (what == 1) {
                    victim.end();
                } else {
                    victim.kill();
                }
                start();
                awaitOneLeaderAndOwnersOfAll(running);
            }
        }

        await().atMost(PATIENCE)
                .until(() ->
                        running.stream().allMatch(witness -> witness.owned().size() == 3));
        awaitOneLeaderAndOwnersOfAll(running);
    }

    private void start() throws IOException {
        running.add(new Witness(
                testimonies,
                FileWitnessProcess.class,
                directory.resolve("leases").toString()));
    }

    /** Returns the leader on every other call. */
    private Witness victim() {
        return running.stream()
                .filter(witness -> witness.leadership().isPresent() && random.nextBoolean())
                .findFirst()
                .orElseGet(() -> running.get(random.nextInt(PROCESSES)));
    }

    private static void awaitOneLeaderAndOwnersOfAll(List<Witness> witnesses) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Set<Integer> owned = new HashSet<>();
            witnesses.forEach(witness -> owned.addAll(witness.owned()));
            assertThat(owned).hasSize(WitnessProcess.PARTITIONS);
            assertThat(witnesses.stream().filter(witness -> witness.leadership().isPresent()))
                    .hasSize(1);
        });
    }
}
