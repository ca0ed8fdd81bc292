package io.github.dbleases.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClaimCursorTests {

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final ClaimCursor cursor = new ClaimCursor(time::get);

    @Test
    void claimsBeginWhereTheLastOneEnded() {
        assertThat(cursor.next()).isNull();
        cursor.moveTo("7");
        assertThat(cursor.next()).isEqualTo("7");
    }

    @Test
    void aShortClaimGoesBackToTheStart() {
        cursor.moveTo("7");
        cursor.moveTo(null);
        assertThat(cursor.next()).isNull();
    }

    @Test
    void everySecondClaimsBeginAtTheStart() {
        cursor.moveTo("7");
        time.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(cursor.next()).isEqualTo("7");
        time.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(cursor.next()).isNull();
        cursor.moveTo("3");
        assertThat(cursor.next()).isEqualTo("3");
    }
}
