package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.memory.InMemoryLeaseStore.Backup;
import org.junit.jupiter.api.Test;

/**
 * Two standbys are promoted one after the other. The second one does not know of the first, so it repeats its timeline.
 */
class RepeatedTimelineScenarioTests extends Scenario {

    @Test
    void aTakeoverThatTheSecondStandbyNeverSawLeavesOneOwner() {
        SimProcess one = start(1);
        SimProcess other = start(1);
        settle();
        Backup unaware = database.store().backup();
        database.failOverTo(unaware);
        settle();
        SimProcess victim = one.view("orders").isEmpty() ? other : one;
        SimProcess successor = victim == one ? other : one;
        victim.environment().cut(true);
        await(() -> !successor.view("orders").isEmpty(), TAKEOVER);
        awaitHeartbeat(successor);
        long token = tokens().get(0);

        successor.environment().cut(true);
        database.failOverUnaware(unaware);
        victim.environment().cut(false);
        awaitHeartbeat(victim);
        successor.environment().cut(false);
        settle();

        assertThat(tokens().get(0)).isGreaterThan(token);
    }
}
