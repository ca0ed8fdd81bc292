package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.postgres.tasks.ClaimCursor.Beginning;
import io.github.dbleases.postgres.tasks.ClaimCursor.Claimed;
import io.github.dbleases.postgres.tasks.ClaimCursor.Position;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimCursorTests {

    private static final Place SECOND_OF_FOUR = new Place(1, 4);

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final ClaimCursor cursor = new ClaimCursor(time::get);

    @Test
    void claimsBeginWhereTheLastOneEnded() {
        assertThat(next(Place.ALONE)).isNull();
        claim(Place.ALONE, "7");
        assertThat(next(Place.ALONE)).isEqualTo("7");
    }

    @Test
    void aShortClaimGoesBackToTheStart() {
        claim(Place.ALONE, "7");
        claim(Place.ALONE, null);
        assertThat(next(Place.ALONE)).isNull();
    }

    @Test
    void claimsGoBackToTheStartEverySecond() {
        claim(Place.ALONE, "7");
        pass(Duration.ofMillis(999));
        assertThat(next(Place.ALONE)).isEqualTo("7");
        pass(Duration.ofMillis(1));
        assertThat(next(Place.ALONE)).isNull();
        claim(Place.ALONE, "3");
        assertThat(next(Place.ALONE)).isEqualTo("3");
    }

    @Test
    void fourSessionsTakeTurnsToGoBackToTheStartEveryFourSeconds() {
        claim(SECOND_OF_FOUR, "7");
        pass(Duration.ofMillis(2_999));
        assertThat(next(SECOND_OF_FOUR)).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(next(SECOND_OF_FOUR)).isNull();
        claim(SECOND_OF_FOUR, "7");
        pass(Duration.ofMillis(3_999));
        assertThat(next(SECOND_OF_FOUR)).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(next(SECOND_OF_FOUR)).isNull();
    }

    @Test
    void eachOfManySessionsGoesBackEveryTenSeconds() {
        Place place = new Place(120, 200);
        claim(place, "7");
        pass(Duration.ofMillis(9_999));
        assertThat(next(place)).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(next(place)).isNull();
    }

    @Test
    void claimsBeginAtTheStartWhenSessionsComeOrGo() {
        claim(SECOND_OF_FOUR, "7");
        assertThat(next(SECOND_OF_FOUR)).isNotNull();
        assertThat(next(new Place(1, 3))).isNull();
    }

    @Test
    void severalSessionsClaimInLanes() {
        claim(SECOND_OF_FOUR, "7");
        assertThat(Long.parseLong(next(SECOND_OF_FOUR))).isGreaterThan(7);
        claim(SECOND_OF_FOUR, "5000");
        long inLane = Long.parseLong(next(SECOND_OF_FOUR));
        claim(SECOND_OF_FOUR, Long.toString(inLane + 10));
        assertThat(next(SECOND_OF_FOUR)).isEqualTo(Long.toString(inLane + 10));
    }

    @Test
    void aSharedClaimStaysWhereItIs() {
        cursor.moveTo(new Claimed(
                new TaskClaim(1, 10, 0, SECOND_OF_FOUR, true),
                cursor.next(SECOND_OF_FOUR),
                new Position(null, "7"),
                true,
                0,
                IdScale.BIGINT));
        assertThat(next(SECOND_OF_FOUR)).isEqualTo("7");
    }

    @Test
    void noClaimBeginsPastTheLargestId() {
        String last = Integer.toString(Integer.MAX_VALUE - 10);
        claim(SECOND_OF_FOUR, last, IdScale.INTEGER);
        assertThat(next(SECOND_OF_FOUR)).isEqualTo(last);
        claim(SECOND_OF_FOUR, last, IdScale.BIGINT);
        assertThat(Long.parseLong(next(SECOND_OF_FOUR))).isGreaterThan(Integer.MAX_VALUE);
    }

    @Test
    void aClaimContinuesWithTheUuidWhereTheLastOneEnded() {
        Place first = new Place(0, 2);
        claim(first, "00000000-0000-0000-8000-000000000007", IdScale.UUIDS);
        assertThat(next(first)).isEqualTo("00000000-0000-0000-8000-000000000007");
        claim(first, "00000000-0000-0005-8000-00000000000a", IdScale.UUIDS);
        assertThat(next(first)).isEqualTo("00000000-0000-0005-8000-00000000000a");
    }

    @Test
    void uuidsHaveLanesToo() {
        claim(SECOND_OF_FOUR, "00000000-0000-0000-8000-000000000007", IdScale.UUIDS);
        assertThat(next(SECOND_OF_FOUR)).isEqualTo("00000000-0000-1000-0000-000000000000");
    }

    @Test
    void idsWithoutAScaleAreClaimedInTheirOrder() {
        claim(SECOND_OF_FOUR, "a", null);
        assertThat(next(SECOND_OF_FOUR)).isEqualTo("a");
        claim(SECOND_OF_FOUR, "b", null);
        assertThat(next(SECOND_OF_FOUR)).isEqualTo("b");
    }

    @Test
    void theCostDecidesHowFarAClaimGoesBack() {
        claim(Place.ALONE, "7");
        for (int second = 0; second < 30; second++) {
            pass(Duration.ofMillis(1_000));
            Beginning start = cursor.next(Place.ALONE);
            long millis = start.from() == null ? 200 : 2;
            move(Place.ALONE, start, String.valueOf(100 + second), millis, false);
        }
        // The start costs 200 ms and is visited every ten seconds. In between the cursor goes back by ten seconds.
        assertThat(cursor.next(Place.ALONE).from()).isNotNull();
        assertThat(Integer.parseInt(cursor.next(Place.ALONE).from().id())).isBetween(117, 120);
    }

    @Test
    void ifTenSecondsAreExpensiveTooTheCursorGoesBackByOne() {
        claim(Place.ALONE, "7");
        for (int second = 0; second < 30; second++) {
            pass(Duration.ofMillis(1_000));
            Beginning start = cursor.next(Place.ALONE);
            move(Place.ALONE, start, String.valueOf(100 + second), start.depth() == 2 ? 1 : 150, false);
        }
        assertThat(Integer.parseInt(cursor.next(Place.ALONE).from().id())).isBetween(126, 129);
    }

    private @Nullable String next(Place place) {
        Position from = cursor.next(place).from();
        return from == null ? null : from.id();
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    private void claim(Place place, String last) {
        claim(place, last, IdScale.BIGINT);
    }

    private void claim(Place place, String last, @Nullable IdScale scale) {
        cursor.moveTo(new Claimed(
                new TaskClaim(1, 10, 0, place, false),
                cursor.next(place),
                last == null ? null : new Position(null, last),
                last != null,
                0,
                scale));
    }

    private void move(Place place, Beginning start, String last, long millis, boolean full) {
        cursor.moveTo(new Claimed(
                new TaskClaim(1, 10, 0, place, false),
                start,
                new Position(null, last),
                full,
                Duration.ofMillis(millis).toNanos(),
                null));
    }
}
