package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SearchCostTests {

    private final SearchCost cost = new SearchCost(Duration.ofSeconds(30));
    private long now = Long.MAX_VALUE - 5;

    @Test
    void aCheapSearchIsMadeEveryTime() {
        search(4);
        search(4);
        assertThat(isAffordableAfter(0)).isTrue();
    }

    @Test
    void anExpensiveSearchTakesAFiftiethOfTheTime() {
        search(20);
        search(20);
        assertThat(isAffordableAfter(999)).isFalse();
        assertThat(isAffordableAfter(1)).isTrue();
    }

    @Test
    void aSingleSlowSearchDelaysNothing() {
        search(1);
        search(2_000);
        assertThat(isAffordableAfter(0)).isTrue();
    }

    @Test
    void onASlowMachineOnlyTheCostOfTheSearchItselfCounts() {
        search(300);
        search(300);
        assertThat(isAffordableAfter(100)).isFalse();
        cost.madeWithout(millis(296));
        assertThat(isAffordableAfter(0)).isTrue();
    }

    @Test
    void theSearchIsMadeAfterTheLongestWaitHoweverExpensiveItIs() {
        search(5_000);
        search(5_000);
        assertThat(isAffordableAfter(29_999)).isFalse();
        assertThat(isAffordableAfter(1)).isTrue();
    }

    private void search(long millis) {
        cost.made(millis(millis), now);
    }

    private boolean isAffordableAfter(long millis) {
        now += millis(millis);
        return cost.isAffordable(now);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
