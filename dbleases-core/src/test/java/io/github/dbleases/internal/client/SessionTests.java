package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.Trust.Moment;
import io.github.dbleases.spi.Incarnation;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SessionTests {

    private final Session session = new Session(
            1,
            new ClockGuard(Timing.DEFAULT, new ClockGuard.Heartbeat(0, 1, Instant.EPOCH)),
            new Incarnation("system", 1),
            new Moment(0, 0));

    @Test
    void everyInboxIsNewsBeforeOneWasApplied() {
        assertThat(session.hasNews(0)).isTrue();
    }

    @Test
    void anInboxIsNewsUntilItWasApplied() {
        session.applied(5);

        assertThat(session.hasNews(5)).isFalse();
        assertThat(session.hasNews(6)).isTrue();
    }

    @Test
    void aSmallerInboxIsNewsToo() {
        session.applied(5);

        assertThat(session.hasNews(4)).as("a restored database has gone back").isTrue();
    }

    @Test
    void theAppliedInboxCanBeForgotten() {
        session.applied(5);

        session.forgetApplied();

        assertThat(session.hasNews(5)).isTrue();
    }

    @Test
    void anotherIncarnationMustConfirmWhatIsOwned() {
        assertThat(session.isConfirmed()).isTrue();

        session.leaveIncarnation();
        session.enter(new Incarnation("system", 2));
        assertThat(session.isConfirmed()).isFalse();

        session.confirm();
        assertThat(session.isConfirmed()).isTrue();
    }
}
