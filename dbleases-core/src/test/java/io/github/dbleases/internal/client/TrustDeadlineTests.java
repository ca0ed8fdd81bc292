package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.client.Trust.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustDeadlineTests {

    private static final Duration TIME = Duration.ofMillis(5500);
    private static final Duration MILLI = Duration.ofMillis(1);

    private final SimWorld world = new SimWorld(1);
    private final SimEnvironment environment = new SimEnvironment(world, new SimDatabase(world), Timing.DEFAULT);
    private final List<String> told = new ArrayList<>();
    private final TrustDeadline deadline = new TrustDeadline(environment, TIME, new TrustDeadline.Observer() {
        @Override
        public void trustLapsed() {
            told.add("lapsed");
        }

        @Override
        public void trustReturned() {
            told.add("returned");
        }
    });

    @Test
    void aLapseIsReportedEvenIfNothingIsRead() {
        deadline.extend(now());
        pass(TIME.minus(MILLI));
        assertThat(told).containsExactly("returned");

        pass(MILLI.multipliedBy(3));
        assertThat(told).containsExactly("returned", "lapsed");
    }

    @Test
    void aHeartbeatInTimePutsOffTheLapse() {
        deadline.extend(now());
        pass(TIME.minus(MILLI));
        deadline.extend(now());
        pass(TIME.minus(MILLI));

        assertThat(told).containsExactly("returned");
    }

    @Test
    void aHeartbeatThatComesAfterTheDeadlineIsAReturn() {
        deadline.extend(now());
        environment.pause();
        pass(TIME.plusSeconds(1));
        assertThat(told).containsExactly("returned");

        deadline.extend(now());
        assertThat(told).containsExactly("returned", "lapsed", "returned");
    }

    @Test
    void anAnswerThatTookTooLongGivesNoTrust() {
        Moment sent = now();
        pass(TIME);

        deadline.extend(sent);

        assertThat(deadline.trust().holds(environment)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void theEndOfASessionIsALapse() {
        deadline.extend(now());

        deadline.drop();
        deadline.noticeLapse();

        assertThat(deadline.trust().holds(environment)).isFalse();
        assertThat(told).containsExactly("returned", "lapsed");
    }

    private Moment now() {
        return Moment.now(environment);
    }

    private void pass(Duration time) {
        long end = world.nanos() + time.toNanos();
        while (world.step(end)) {
            // Run everything that is due.
        }
    }
}
