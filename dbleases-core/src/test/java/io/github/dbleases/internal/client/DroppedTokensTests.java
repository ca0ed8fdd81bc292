package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DroppedTokensTests {

    private final DroppedTokens dropped = new DroppedTokens();

    @Test
    void aTokenThatWasNeverDroppedMayBePickedUp() {
        assertThat(dropped.contains("orders", 0, 1)).isFalse();
        assertThat(dropped.highest("orders", 0)).isZero();
    }

    @Test
    void aDroppedTokenAndAllBelowItAreNeverPickedUpAgain() {
        dropped.drop("orders", 3, 100);

        assertThat(dropped.contains("orders", 3, 99)).isTrue();
        assertThat(dropped.contains("orders", 3, 100)).isTrue();
        assertThat(dropped.contains("orders", 3, 101)).isFalse();
    }

    @Test
    void aSmallerTokenThatIsDroppedLaterDoesNotBringBackALargerOne() {
        dropped.drop("orders", 3, 100);
        dropped.drop("orders", 3, 50);

        assertThat(dropped.contains("orders", 3, 100)).isTrue();
        assertThat(dropped.highest("orders", 3)).isEqualTo(100);
    }

    @Test
    void partitionsAndLeasesAreKeptApart() {
        dropped.drop("orders", 3, 100);

        assertThat(dropped.contains("orders", 4, 100)).isFalse();
        assertThat(dropped.contains("invoices", 3, 100)).isFalse();
    }
}
