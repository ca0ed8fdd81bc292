package io.github.dbleases.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.postgres.HeartbeatCost.Cost;
import io.github.dbleases.postgres.HeartbeatCost.Updates;
import org.junit.jupiter.api.Test;

/** The part of the cost of a heartbeat that can be counted. {@code HeartbeatFigures} in {@code dbleases-benchmarks} measures the rest. */
class HeartbeatCostTests {

    private static final int HEARTBEATS = 200;

    @Test
    void aHeartbeatIsOneStatementAndOneHotUpdateHoweverMuchTheSessionOwns() {
        try (HeartbeatCost costs = new HeartbeatCost(10)) {
            costs.own(1);
            Cost ofOne = costs.ofHeartbeats(HEARTBEATS);
            costs.own(100);
            Cost ofMany = costs.ofHeartbeats(HEARTBEATS);
            Cost bare = costs.ofBareUpdates(HEARTBEATS);
            Updates updates = costs.updates();

            for (Cost cost : new Cost[] {ofOne, ofMany}) {
                assertThat(cost.statements()).isEqualTo(1);
                assertThat(cost.calls()).isEqualTo(HEARTBEATS);
                assertThat(cost.walBytes()).isLessThanOrEqualTo(1.5 * bare.walBytes());
            }
            assertThat(updates.all()).isEqualTo(HeartbeatCost.WARM_UP + 2 * HEARTBEATS);
            assertThat(updates.hot()).isEqualTo(updates.all());
        }
    }
}
