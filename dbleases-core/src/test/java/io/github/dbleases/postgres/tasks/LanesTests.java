package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTests {

    /** How many tasks a session may hold: its blocks have at least 64 times as many ids. */
    private static final int LIMIT = 16;

    private static final long BLOCK = 2_048;

    private final Lanes lanes = new Lanes();

    @Test
    void eachSessionGoesToItsOwnBlock() {
        for (int position = 0; position < 4; position++) {
            assertThat(new Lanes().enter(5, claim(position, 4))).isEqualTo(position == 0 ? 5 : position * BLOCK);
        }
    }

    @Test
    void aSessionStaysInItsBlockToTheEndAndThenGoesToTheNextBlockOfItsLane() {
        assertThat(lanes.enter(5, claim(1, 4))).isEqualTo(BLOCK);
        assertThat(goOnTo(2 * BLOCK - 1)).isEqualTo(2 * BLOCK - 1);
        assertThat(goOnTo(2 * BLOCK)).isEqualTo(5 * BLOCK);
        assertThat(goOnTo(8 * BLOCK)).isEqualTo(9 * BLOCK);
    }

    @Test
    void negativeIdsHaveBlocksToo() {
        assertThat(lanes.enter(-3 * BLOCK + 7, claim(1, 4))).isEqualTo(-3 * BLOCK + 7);
        assertThat(goOnTo(-2 * BLOCK)).isEqualTo(BLOCK);
    }

    @Test
    void afterAClaimFromTheStartASessionContinuesWhereItWas() {
        lanes.enter(5, claim(1, 4));
        goOnTo(BLOCK + LIMIT);
        assertThat(lanes.enter(40, claim(1, 4))).isEqualTo(BLOCK + LIMIT);
    }

    @Test
    void aSessionThatIsTooFarAheadLeavesItsLaneUntilTheOthersAreCloser() {
        lanes.enter(0, claim(1, 4));
        goOnTo(101 * BLOCK);
        lanes.enter(0, claim(1, 4));
        long far = goOnTo(105 * BLOCK + 1);
        assertThat(lanes.enter(20, claim(1, 4))).isEqualTo(20);
        assertThat(goOnTo(2 * BLOCK + 3)).isEqualTo(2 * BLOCK + 3);
        assertThat(lanes.enter(far - 9 * BLOCK, claim(1, 4))).isEqualTo(far - 9 * BLOCK);
        assertThat(lanes.enter(far - 8 * BLOCK, claim(1, 4))).isEqualTo(far);
    }

    @Test
    void aSessionMayBeFartherAheadIfItCoversMoreBetweenTwoStarts() {
        lanes.enter(0, claim(1, 4));
        long far = goOnTo(101 * BLOCK);
        assertThat(lanes.enter(20, claim(1, 4))).isEqualTo(far);
    }

    @Test
    void whenTheSessionsChangeTheLanesBeginAgainAtTheStart() {
        lanes.enter(0, claim(1, 4));
        goOnTo(5 * BLOCK + 100);
        assertThat(lanes.enter(5, claim(1, 3))).isEqualTo(BLOCK);
    }

    @Test
    void idsWithGapsGetWiderBlocksAsSoonAsThatIsSeen() {
        lanes.enter(0, claim(1, 4));
        assertThat(lanes.goOn(BLOCK, BLOCK + LIMIT * 1_000L, claim(1, 4))).isEqualTo(1L << 20);
    }

    @Test
    void theClaimThatPassedTheFewestRowsOfOthersShowsTheWidthOfARow() {
        lanes.enter(0, claim(1, 4));
        lanes.goOn(BLOCK, BLOCK + LIMIT * 4_000L, claim(1, 4));
        lanes.goOn(BLOCK, BLOCK + LIMIT * 1_000L, claim(1, 4));
        lanes.goOn(BLOCK, BLOCK + LIMIT * 2_000L, claim(1, 4));
        assertThat(lanes.enter(0, claim(2, 4))).isEqualTo(2L << 20);
    }

    @Test
    void aRowIsAtLeastOneIdWide() {
        lanes.enter(0, claim(1, 4));
        lanes.goOn(BLOCK, BLOCK, claim(1, 4));
        assertThat(lanes.enter(0, claim(2, 4))).isEqualTo(2 * BLOCK);
    }

    @Test
    void eachEndOfTheTableMakesBlocksSmallerUntilThereAreManyTasksAgain() {
        List<Long> entered = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            entered.add(lanes.enter(0, claim(1, 4)));
            lanes.end();
        }
        assertThat(entered).containsExactly(2048L, 1024L, 512L, 256L, 128L, 64L, 32L, 32L, 32L, 32L);
        lanes.widen();
        assertThat(lanes.enter(0, claim(1, 4))).isEqualTo(BLOCK);
    }

    @Test
    void theEndOfTheTableMakesALaneBeginAgainAtTheStart() {
        lanes.enter(0, claim(1, 4));
        goOnTo(5 * BLOCK + LIMIT);
        lanes.end();
        assertThat(lanes.enter(0, claim(1, 4))).isEqualTo(BLOCK / 2);
    }

    @Test
    void withoutANextBlockTheResultIsSmaller() {
        lanes.enter(Long.MAX_VALUE - 5 * BLOCK, claim(1, 4));
        assertThat(goOnTo(Long.MAX_VALUE)).isLessThan(0);
    }

    /** A claim that passed no rows of other sessions. */
    private long goOnTo(long last) {
        return lanes.goOn(last - LIMIT, last, claim(1, 4));
    }

    private static TaskClaim claim(int position, int sessions) {
        return new TaskClaim(1, LIMIT, 0, new Place(position, sessions), false);
    }
}
