package io.github.dbleases.tasks.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.tasks.jdbc.ClaimCursor.Claimed;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClaimCursorTests {

    private static final Place SECOND_OF_FOUR = new Place(1, 4);

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final ClaimCursor cursor = new ClaimCursor(time::get);

    @Test
    void claimsBeginWhereTheLastOneEnded() {
        assertThat(cursor.next()).isNull();
        claim(Place.ALONE, "7");
        assertThat(cursor.next()).isEqualTo("7");
    }

    @Test
    void aShortClaimGoesBackToTheStart() {
        claim(Place.ALONE, "7");
        claim(Place.ALONE, null);
        assertThat(cursor.next()).isNull();
    }

    @Test
    void everySecondClaimsBeginAtTheStart() {
        claim(Place.ALONE, "7");
        pass(Duration.ofMillis(999));
        assertThat(cursor.next()).isEqualTo("7");
        pass(Duration.ofMillis(1));
        assertThat(cursor.next()).isNull();
        claim(Place.ALONE, "3");
        assertThat(cursor.next()).isEqualTo("3");
    }

    @Test
    void ofSeveralSessionsOneIsAtTheStartEverySecond() {
        claim(SECOND_OF_FOUR, "7");
        pass(Duration.ofMillis(3_999));
        assertThat(cursor.next()).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(cursor.next()).isNull();
    }

    @Test
    void howeverManyTheyAreEachIsThereEveryTenSeconds() {
        claim(new Place(1, 200), "7");
        pass(Duration.ofMillis(9_999));
        assertThat(cursor.next()).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(cursor.next()).isNull();
    }

    @Test
    void amongOthersClaimsGoOnInALane() {
        claim(SECOND_OF_FOUR, "7");
        assertThat(Long.parseLong(cursor.next())).isGreaterThan(7);
        claim(SECOND_OF_FOUR, "5000");
        long inLane = Long.parseLong(cursor.next());
        claim(SECOND_OF_FOUR, Long.toString(inLane + 10));
        assertThat(cursor.next()).isEqualTo(Long.toString(inLane + 10));
    }

    @Test
    void whoGetsAShareOnlyStaysWhereItIs() {
        cursor.moveTo(new Claimed(new TaskClaim(1, 10, 0, SECOND_OF_FOUR, true), null, "7", Long.MAX_VALUE));
        assertThat(cursor.next()).isEqualTo("7");
    }

    @Test
    void noClaimBeginsPastTheGreatestId() {
        claim(SECOND_OF_FOUR, "100", 103);
        assertThat(cursor.next()).isEqualTo("100");
        claim(SECOND_OF_FOUR, "103", 103);
        assertThat(cursor.next()).isEqualTo("103");
    }

    @Test
    void idsThatAreNoIntegersAreClaimedInTheirOrder() {
        claim(SECOND_OF_FOUR, "a", 0);
        assertThat(cursor.next()).isEqualTo("a");
        claim(SECOND_OF_FOUR, "b", 0);
        assertThat(cursor.next()).isEqualTo("b");
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    private void claim(Place place, String last) {
        claim(place, last, Long.MAX_VALUE);
    }

    private void claim(Place place, String last, long greatest) {
        cursor.moveTo(new Claimed(new TaskClaim(1, 10, 0, place, false), cursor.next(), last, greatest));
    }
}
