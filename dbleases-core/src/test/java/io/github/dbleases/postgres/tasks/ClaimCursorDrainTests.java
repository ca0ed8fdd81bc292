package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.postgres.tasks.ClaimCursor.Beginning;
import io.github.dbleases.postgres.tasks.ClaimCursor.Claimed;
import io.github.dbleases.postgres.tasks.ClaimCursor.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions with a cursor each that claim all rows of a table, on virtual time. */
class ClaimCursorDrainTests {

    private static final int ROWS = 1_000_000;
    private static final int LIMIT = 100;

    private final Session[] owners = new Session[ROWS];
    private final long[] claims = new long[ROWS];
    private int left = ROWS;
    private long passed;

    /**
     * @param micros how long each session takes for a claim and its work
     * @param idGap the difference between neighboring ids
     */
    @ParameterizedTest
    @CsvSource({
        "1000 1000, 1",
        "1000 1000 1000 1000 1000 1000 1000 1000, 1",
        "1000 1100 1200 1300 1400 1500 1600 1700, 1",
        "1000 2000 10000 60000, 1",
        "1000 1000 1000 1000 1000 1000 1000 1000, 4194304",
        "100000 100000 100000 100000, 1"
    })
    void allRowsAreClaimedAndSessionsPassFewRowsOfOthers(String micros, long idGap) {
        List<Session> sessions = new ArrayList<>();
        String[] speeds = micros.split(" ");
        IntStream.range(0, speeds.length)
                .forEach(position -> sessions.add(
                        new Session(new Place(position, speeds.length), Long.parseLong(speeds[position]), idGap)));

        while (left > 0) {
            sessions.stream()
                    .min(Comparator.comparingLong(session -> session.now))
                    .orElseThrow()
                    .claim();
        }

        assertThat(passed).as("rows held by others that claims have passed").isLessThan(ROWS / 10);
    }

    private final class Session {

        private final Place place;
        private final long nanosPerClaim;
        private final long idGap;
        private final ClaimCursor cursor = new ClaimCursor(() -> now());
        private long now;
        private long count;

        Session(Place place, long micros, long idGap) {
            this.place = place;
            this.nanosPerClaim = micros * 1_000;
            this.idGap = idGap;
            // Sessions start at different moments.
            this.now = nanosPerClaim * place.position() / place.sessions();
        }

        private long now() {
            return now;
        }

        void claim() {
            now += nanosPerClaim;
            count++;
            Beginning start = cursor.next(place);
            int row = start.from() == null
                    ? 0
                    : (int) Math.min(ROWS, (Long.parseLong(start.from().id()) + idGap - 1) / idGap);
            Position last = null;
            int claimed = 0;
            for (int found = 0; found < LIMIT && row < ROWS; row++) {
                if (owners[row] == null) {
                    owners[row] = this;
                    claims[row] = count;
                    left--;
                    found++;
                    claimed = found;
                    last = new Position(null, Long.toString(row * idGap));
                } else if (owners[row] != this && claims[row] == owners[row].count) {
                    passed++;
                }
            }
            cursor.moveTo(new Claimed(
                    new TaskClaim(1, LIMIT, 0, place, false), start, last, claimed == LIMIT, 0, IdScale.BIGINT));
        }
    }
}
