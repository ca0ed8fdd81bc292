package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The loop runs on the thread of the test; while it rests, time passes. */
class ThreadLoopTests {

    private final ManualClock clock = new ManualClock();
    private final Object monitor = new Object();
    private final List<String> done = new ArrayList<>();
    private final ThreadLoop loop = new ThreadLoop(clock, monitor, (resting, atMost) -> clock.pass(atMost));

    @Test
    void requestsAreDoneWhenTheyFallDue() {
        loop.submit(Duration.ofSeconds(10), new Told("third", () -> "c"));
        loop.submit(Duration.ZERO, new Told("first", () -> "a"));
        loop.submit(Duration.ofSeconds(5), new Told("second", () -> "b"));
        runFor(Duration.ofSeconds(20));

        assertThat(done).containsExactly("first: a", "second: b", "third: c");
    }

    @Test
    void aRequestThatIsNoLongerWantedIsNotAttempted() {
        loop.submit(Duration.ZERO, new Told("unwanted", () -> "a") {
            @Override
            public Optional<Supplier<String>> prepare() {
                return Optional.empty();
            }
        });
        runFor(Duration.ofSeconds(1));

        assertThat(done).isEmpty();
    }

    @Test
    void anExceptionInARequestIsAFailureAndDoesNotEndTheLoop() {
        loop.submit(Duration.ZERO, new Told("away", () -> {
            throw new StoreUnavailableException("away");
        }));
        loop.submit(Duration.ofSeconds(1), new Told("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("away failed: away", "next: a");
    }

    @Test
    void anErrorInARequestIsAFailureAndDoesNotEndTheLoop() {
        loop.submit(Duration.ZERO, new Told("broken", () -> {
            throw new NoClassDefFoundError("on purpose");
        }));
        loop.submit(Duration.ofSeconds(1), new Told("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("broken failed: An attempt ended with an error", "next: a");
    }

    @Test
    void aRequestThatCannotBePreparedOrTakeItsAnswerIsToldThatItFailed() {
        loop.submit(Duration.ZERO, new Told("unprepared", () -> "a") {
            @Override
            public Optional<Supplier<String>> prepare() {
                throw new IllegalStateException("not ready");
            }
        });
        loop.submit(Duration.ZERO, new Told("deaf", () -> "a") {
            @Override
            public void done(String answer) {
                throw new IllegalStateException("not now");
            }
        });
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("unprepared failed: not ready", "deaf failed: not now");
    }

    @Test
    void aRequestThatCannotTakeItsFailureDoesNotEndTheLoop() {
        loop.submit(
                Duration.ZERO,
                new Told("hopeless", () -> {
                    throw new StoreUnavailableException("away");
                }) {
                    @Override
                    public void failed(RuntimeException failure) {
                        throw new StackOverflowError("on purpose");
                    }
                });
        loop.submit(Duration.ofSeconds(1), new Told("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("next: a");
    }

    @Test
    void aRequestThatCouldNotTakeItsFailureIsAttemptedAgain() {
        loop.submit(Duration.ZERO, new Told("exhausted", () -> "a") {
            private int failures = 3;

            @Override
            public void done(String answer) {
                if (failures > 0) {
                    throw new OutOfMemoryError("on purpose");
                }
                super.done(answer);
            }

            @Override
            public void failed(RuntimeException failure) {
                failures--;
                throw new OutOfMemoryError("on purpose");
            }
        });
        loop.submit(Duration.ofSeconds(1), new Told("next", () -> "b"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("exhausted: a", "next: b");
    }

    @Test
    void theFirstComesBeforeWhatWasSubmittedEarlier() {
        loop.submit(Duration.ZERO, new Told("one", () -> "a"));
        loop.submit(Duration.ZERO, new Told("other", () -> "b"));
        loop.submitFirst(new Told("first", () -> "c"));
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("first: c", "one: a", "other: b");
    }

    @Test
    void theStoreIsCalledOutsideOfTheMonitorAndTheRestWithinIt() {
        loop.submit(Duration.ZERO, new Told("request", () -> Thread.holdsLock(monitor) ? "inside" : "outside") {
            @Override
            public void done(String answer) {
                super.done(answer + (Thread.holdsLock(monitor) ? ", inside" : ", outside"));
            }
        });
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("request: outside, inside");
    }

    @Test
    void aLoopThatCannotRestWaitsUntilTheNextRequestIsDue() {
        List<Duration> rests = new ArrayList<>();
        ThreadLoop restless = new ThreadLoop(Clock.SYSTEM, monitor, (resting, atMost) -> {
            rests.add(atMost);
            throw new NoClassDefFoundError("on purpose");
        });
        restless.submit(Duration.ofMillis(100), new Told("due", () -> "a"));
        restless.submit(Duration.ofMillis(110), new Told("stop", () -> {
            restless.stop();
            return "b";
        }));
        restless.run();

        assertThat(done).containsExactly("due: a", "stop: b");
        assertThat(rests).as("attempts to rest").hasSizeLessThan(20);
    }

    private void runFor(Duration time) {
        loop.submit(
                time,
                new Told("", () -> {
                    loop.stop();
                    return "";
                }) {
                    @Override
                    public void done(String answer) {}
                });
        loop.run();
    }

    private class Told implements Request<String> {

        private final String name;
        private final Supplier<String> call;

        private Told(String name, Supplier<String> call) {
            this.name = name;
            this.call = call;
        }

        @Override
        public Optional<Supplier<String>> prepare() {
            return Optional.of(call);
        }

        @Override
        public void done(String answer) {
            done.add(name + ": " + answer);
        }

        @Override
        public void failed(RuntimeException failure) {
            done.add(name + " failed: " + failure.getMessage());
        }
    }
}
