package io.github.dbleases.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.store.memory.InMemoryLeaseStore.Backup;
import org.junit.jupiter.api.Test;

/** Schedules in which the database fails over to a standby that lags, and forgets what it has acknowledged. */
class FailoverScenarioTests extends Scenario {

    @Test
    void aFailoverThatLosesAHandOverLeavesOneOwner() {
        SimProcess owner = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess receiver = start(4);
        await(() -> receiver.view("orders").size() == 2, SOON);

        database.failOverTo(standby);
        settle();

        assertThat(owner.view("orders").size() + receiver.view("orders").size()).isEqualTo(4);
    }

    @Test
    void aFailoverThatLosesAGrantLeavesOneOwner() {
        SimProcess victim = start(4);
        SimProcess other = start(4);
        settle();
        victim.environment().crash();
        long dead = victim.engine().currentSession();
        await(() -> cluster.census().sessions().stream().anyMatch(row -> row.id() == dead && !row.live()), TAKEOVER);
        Backup killedButNotGranted = database.store().backup();
        await(() -> other.view("orders").size() == 4, SOON);

        database.failOverTo(killedButNotGranted);
        settle();

        assertThat(other.view("orders")).hasSize(4);
    }

    @Test
    void aFailoverThatLosesAKillLeavesOneOwner() {
        SimProcess victim = start(4);
        SimProcess other = start(4);
        settle();
        victim.environment().cut(true);
        await(() -> victim.view("orders").isEmpty(), TAKEOVER);
        Backup beforeTheKill = database.store().backup();
        await(() -> other.view("orders").size() == 4, SOON);

        database.failOverTo(beforeTheKill);
        victim.environment().cut(false);
        settle();

        assertThat(victim.view("orders")).hasSize(2);
        assertThat(other.view("orders")).hasSize(2);
    }

    @Test
    void aFailoverThatLosesANewSessionLeavesOneOwner() {
        SimProcess old = start(4);
        settle();
        Backup standby = database.store().backup();
        SimProcess fresh = start(4);
        settle();

        database.failOverTo(standby);
        settle();

        assertThat(old.view("orders")).hasSize(2);
        assertThat(fresh.view("orders")).hasSize(2);
    }
}
