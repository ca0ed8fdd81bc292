package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Long schedules in which nothing may grow without bound. */
class MemoryScenarioTests extends Scenario {

    @Test
    void leasesThatComeAndGoLeaveNothing() {
        SimProcess process = start(4);
        SimProcess other = start(4);
        joinAndLeave(process, other, 0, 150);
        cluster.run(Duration.ofMinutes(3));
        int before = Reachable.from(process.engine());
        int pending = process.environment().pending();

        joinAndLeave(process, other, 150, 450);

        assertThat(Reachable.from(process.engine())).isLessThanOrEqualTo(before + before / 50);
        assertThat(process.environment().pending()).isLessThanOrEqualTo(pending);
    }

    /** Joins and leaves leases, each with a new name. */
    private void joinAndLeave(SimProcess process, SimProcess other, int from, int to) {
        for (int i = from; i < to; i++) {
            process.join("passing-" + i, 3);
            other.join("passing-" + i, 3);
            cluster.run(Duration.ofMillis(300));
            process.leave("passing-" + i);
            other.leave("passing-" + i);
            cluster.run(Duration.ofMillis(300));
        }
        settle();
    }

    @Test
    void restartsLeaveNothing() {
        SimProcess process = start(4);
        start(4);
        restart(process, 20);
        int before = Reachable.from(process.engine());
        int pending = process.environment().pending();

        restart(process, 100);

        assertThat(Reachable.from(process.engine())).isLessThanOrEqualTo(before + before / 50);
        assertThat(process.environment().pending()).isLessThanOrEqualTo(pending + 2);
    }

    private void restart(SimProcess process, int times) {
        for (int i = 0; i < times; i++) {
            process.stop();
            cluster.run(Duration.ofMillis(300));
            process.start();
            cluster.run(Duration.ofMillis(300));
        }
        settle();
    }

    @Test
    void aLongOutageLeavesNothing() {
        SimProcess process = start(4);
        start(4);
        cluster.run(Duration.ofMinutes(3));
        int before = Reachable.from(process.engine());
        int pending = process.environment().pending();

        for (int i = 0; i < 20; i++) {
            database.setAway(true);
            cluster.run(Duration.ofSeconds(20));
            database.setAway(false);
            cluster.run(Duration.ofSeconds(20));
        }
        settle();

        assertThat(Reachable.from(process.engine())).isLessThanOrEqualTo(before + before / 50);
        assertThat(process.environment().pending()).isLessThanOrEqualTo(pending + 2);
    }
}
