package io.github.dbleases.tasks.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.tasks.jdbc.ClaimCursor.Claimed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClaimCursorTests {

    private static final int LIMIT = 10;

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final List<Long> bounds = new ArrayList<>();

    /** Goes as far from the start as it may. */
    private final ClaimCursor cursor = new ClaimCursor(time::get, bound -> {
        bounds.add(bound);
        return bound - 1;
    });

    @Test
    void claimsBeginWhereTheLastOneEnded() {
        assertThat(cursor.next()).isNull();
        claimAlone("7");
        assertThat(cursor.next()).isEqualTo("7");
    }

    @Test
    void aShortClaimGoesBackToTheStart() {
        claimAlone("7");
        claimAlone(null);
        assertThat(cursor.next()).isNull();
    }

    @Test
    void everySecondClaimsBeginAtTheStart() {
        claimAlone("7");
        time.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(cursor.next()).isEqualTo("7");
        time.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(cursor.next()).isNull();
        claimAlone("3");
        assertThat(cursor.next()).isEqualTo("3");
    }

    @Test
    void amongOthersClaimsGoOnAwayFromTheStart() {
        claim(100, Long.MAX_VALUE);
        assertThat(bounds)
                .as("32 claims of 10 tasks by 4 sessions, 8 times over")
                .containsExactly(32L * 10 * 4 * 8);
        assertThat(cursor.next()).isEqualTo(Long.toString(100 + 32 * 10 * 4 * 8 - 1));
    }

    @Test
    void howFarDependsOnWhatTheLastSecondCovered() {
        claim(100, Long.MAX_VALUE);
        long begin = Long.parseLong(cursor.next());
        claim(begin + 20, Long.MAX_VALUE);
        claim(begin + 50, Long.MAX_VALUE);
        time.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(cursor.next()).isNull();
        claim(200, Long.MAX_VALUE);
        assertThat(cursor.next()).isEqualTo(Long.toString(200 + 50 * 4 * 8 - 1));
    }

    @Test
    void whatWasTooFarIsHalvedUntilItIsNot() {
        claim(100, Long.MAX_VALUE);
        claim(null, Long.MAX_VALUE);
        claim(100, Long.MAX_VALUE);
        claim(null, Long.MAX_VALUE);
        claim(100, Long.MAX_VALUE);
        assertThat(bounds).containsExactly(10_240L, 5_120L, 2_560L);
    }

    @Test
    void noClaimBeginsPastTheGreatestId() {
        claim(100, 103);
        assertThat(cursor.next()).isEqualTo("102");
        claim(103, 103);
        time.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(cursor.next()).isNull();
        claim(103, 103);
        assertThat(cursor.next()).isEqualTo("103");
    }

    @Test
    void idsThatAreNoIntegersAreClaimedInTheirOrder() {
        cursor.moveTo(new Claimed(null, "a", LIMIT, 4, 0));
        assertThat(cursor.next()).isEqualTo("a");
        cursor.moveTo(new Claimed("a", "b", LIMIT, 4, 0));
        assertThat(cursor.next()).isEqualTo("b");
    }

    private void claimAlone(String last) {
        cursor.moveTo(new Claimed(cursor.next(), last, LIMIT, 1, Long.MAX_VALUE));
    }

    private void claim(long last, long greatest) {
        cursor.moveTo(new Claimed(cursor.next(), Long.toString(last), LIMIT, 4, greatest));
    }

    private void claim(String last, long greatest) {
        cursor.moveTo(new Claimed(cursor.next(), last, LIMIT, 4, greatest));
    }
}
