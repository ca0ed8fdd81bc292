package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnansweredClaimsTests {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long NEVER = Long.MAX_VALUE;

    private final UnansweredClaims claims = new UnansweredClaims();
    private long now = Long.MAX_VALUE - 5;

    @Test
    void withoutSuchAClaimNothingIsReleased() {
        assertThat(claims.isReleaseDue()).isFalse();
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(NEVER);
    }

    @Test
    void itsTasksAreReleasedAtOnceAndAgainAfterOneAndTenMinutes() {
        claims.add();
        assertThat(claims.isReleaseDue()).isTrue();
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(NEVER);

        claims.released(now);
        assertThat(claims.isReleaseDue()).isFalse();
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(MINUTE);

        now += MINUTE;
        claims.released(now);
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(10 * MINUTE);

        now += 10 * MINUTE;
        claims.released(now);
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(NEVER);
    }

    @Test
    void anotherSuchClaimStartsAgain() {
        claims.add();
        claims.released(now);
        claims.released(now + MINUTE);

        claims.add();

        assertThat(claims.isReleaseDue()).isTrue();
        claims.released(now);
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(MINUTE);
    }

    @Test
    void claimsOfAFormerSessionAreForgotten() {
        claims.add();
        claims.released(now);

        claims.clear();

        assertThat(claims.isReleaseDue()).isFalse();
        assertThat(claims.nanosUntilRepeat(now)).isEqualTo(NEVER);
    }
}
