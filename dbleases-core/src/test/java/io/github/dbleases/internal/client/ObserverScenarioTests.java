package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the observer of a client is told of faults, so that meters tell afterwards what has happened. */
class ObserverScenarioTests extends Scenario {

    private static final Duration TRUSTED = TIMING.ttl().minus(TIMING.margin());

    @Test
    void aPausedClientWasSuspendedFromItsDeadlineOnAlthoughItNoticedLater() {
        SimProcess paused = start(4);
        settle();
        awaitHeartbeat(paused);

        paused.environment().pause();
        cluster.run(Duration.ofSeconds(60));
        paused.environment().resume(false);
        await(() -> !paused.observer().suspensions().isEmpty(), SOON);

        Duration notTrusted = Duration.ofSeconds(60).minus(TRUSTED);
        assertThat(paused.observer().suspensions().get(0)).isBetween(notTrusted, notTrusted.plus(SOON));
        settle();
    }

    @Test
    void aLeaderThatIsTrustedAgainWasNotElectedAgain() {
        SimProcess leader = start(4);
        leader.join(LeaseSpec.leader("reports"));
        settle();
        assertThat(leader.view("reports").contains(0)).isTrue();

        database.setAway(true);
        await(() -> leader.view("reports").isEmpty(), LONG);
        database.setAway(false);
        settle();

        assertThat(leader.view("reports").contains(0)).isTrue();
        assertThat(leader.observer().suspensions()).hasSize(1);
        assertThat(leader.observer().elections()).isOne();
    }

    @Test
    void onlyALeaseThatADeadSessionOwnedSomethingOfWasVacant() {
        SimProcess leader = start(4);
        leader.join(LeaseSpec.leader("reports"));
        settle();
        SimProcess candidate = start(4);
        candidate.join(LeaseSpec.leader("reports"));
        SimProcess survivor = start(4);
        survivor.join(LeaseSpec.leader("reports"));
        settle();

        candidate.environment().crash();
        settle();

        assertThat(leader.view("reports").contains(0)).isTrue();
        assertThat(List.of(leader, survivor))
                .flatExtracting(process -> process.observer().vacancies())
                .containsExactly("orders");
    }
}
