package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.Incarnation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuietTimeTests {

    private static final Incarnation FIRST = new Incarnation("system", 1);
    private static final Incarnation SECOND = new Incarnation("system", 2);
    private static final Duration OWN = Timing.DEFAULT.ttl().plus(Timing.DEFAULT.grace());

    private final ManualClock clock = new ManualClock();
    private final QuietTime quiet = new QuietTime(Timing.DEFAULT, clock);

    @Test
    void theFirstIncarnationIsNotQuiet() {
        quiet.enter(FIRST);
        quiet.enter(FIRST);

        assertThat(quiet.remaining()).isZero();
    }

    @Test
    void anotherIncarnationIsQuietForTtlAndGraceByTheOwnClock() {
        quiet.enter(FIRST);

        quiet.enter(SECOND);
        assertThat(quiet.remaining()).isEqualTo(OWN);

        clock.pass(OWN.minusNanos(1));
        assertThat(quiet.remaining()).isEqualTo(Duration.ofNanos(1));
        clock.pass(Duration.ofNanos(1));
        assertThat(quiet.remaining()).isZero();
    }

    @Test
    void anotherSystemIsAnotherIncarnation() {
        quiet.enter(FIRST);

        quiet.enter(new Incarnation("another", 1));
        assertThat(quiet.remaining()).isEqualTo(OWN);
    }

    @Test
    void theStoresAnswerLengthensTheQuietTimeButNeverShortensIt() {
        quiet.enter(FIRST);
        quiet.enter(SECOND);

        quiet.atLeast(OWN.plusSeconds(5));
        assertThat(quiet.remaining()).isEqualTo(OWN.plusSeconds(5));

        quiet.atLeast(Duration.ZERO);
        assertThat(quiet.remaining()).isEqualTo(OWN.plusSeconds(5));
    }

    @Test
    void aClientThatStartsInAQuietTimeUsesTheStoresAnswer() {
        quiet.enter(SECOND);

        quiet.atLeast(Duration.ofSeconds(2));

        assertThat(quiet.remaining()).isEqualTo(Duration.ofSeconds(2));
    }
}
