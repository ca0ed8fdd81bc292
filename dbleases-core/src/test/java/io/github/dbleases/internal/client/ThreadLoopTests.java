package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The loop runs on the thread of the test. Time passes while it waits. */
class ThreadLoopTests {

    private final ManualClock clock = new ManualClock();
    private final Object monitor = new Object();
    private final List<String> done = new ArrayList<>();
    private final ThreadLoop<String> loop = new ThreadLoop<>(clock, monitor, (waiting, atMost) -> clock.pass(atMost));

    @Test
    void requestsRunWhenTheyAreDue() {
        loop.submit(Duration.ofSeconds(10), new RecordedRequest("third", () -> "c"));
        loop.submit(Duration.ZERO, new RecordedRequest("first", () -> "a"));
        loop.submit(Duration.ofSeconds(5), new RecordedRequest("second", () -> "b"));
        runFor(Duration.ofSeconds(20));

        assertThat(done).containsExactly("first: a", "second: b", "third: c");
    }

    @Test
    void aRequestThatIsNoLongerWantedIsNotAttempted() {
        loop.submit(Duration.ZERO, new RecordedRequest("unwanted", () -> "a") {
            @Override
            public Optional<Function<String, String>> prepare() {
                return Optional.empty();
            }
        });
        runFor(Duration.ofSeconds(1));

        assertThat(done).isEmpty();
    }

    @Test
    void anExceptionInARequestIsAFailureAndDoesNotEndTheLoop() {
        loop.submit(Duration.ZERO, new RecordedRequest("away", () -> {
            throw new StoreUnavailableException("away");
        }));
        loop.submit(Duration.ofSeconds(1), new RecordedRequest("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("away failed: away", "next: a");
    }

    @Test
    void anErrorInARequestIsAFailureAndDoesNotEndTheLoop() {
        loop.submit(Duration.ZERO, new RecordedRequest("broken", () -> {
            throw new NoClassDefFoundError("on purpose");
        }));
        loop.submit(Duration.ofSeconds(1), new RecordedRequest("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("broken failed: A request failed with an error", "next: a");
    }

    @Test
    void aRequestThatCannotBePreparedOrHandleItsAnswerFails() {
        loop.submit(Duration.ZERO, new RecordedRequest("unprepared", () -> "a") {
            @Override
            public Optional<Function<String, String>> prepare() {
                throw new IllegalStateException("not ready");
            }
        });
        loop.submit(Duration.ZERO, new RecordedRequest("broken", () -> "a") {
            @Override
            public void done(String answer) {
                throw new IllegalStateException("not now");
            }
        });
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("unprepared failed: not ready", "broken failed: not now");
    }

    @Test
    void aRequestThatCannotHandleItsFailureDoesNotEndTheLoop() {
        loop.submit(
                Duration.ZERO,
                new RecordedRequest("hopeless", () -> {
                    throw new StoreUnavailableException("away");
                }) {
                    @Override
                    public void failed(RuntimeException failure) {
                        throw new StackOverflowError("on purpose");
                    }
                });
        loop.submit(Duration.ofSeconds(1), new RecordedRequest("next", () -> "a"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("next: a");
    }

    @Test
    void aRequestThatCouldNotHandleItsFailureIsAttemptedAgain() {
        loop.submit(Duration.ZERO, new RecordedRequest("exhausted", () -> "a") {
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
        loop.submit(Duration.ofSeconds(1), new RecordedRequest("next", () -> "b"));
        runFor(Duration.ofSeconds(2));

        assertThat(done).containsExactly("exhausted: a", "next: b");
    }

    @Test
    void aRequestSubmittedFirstComesBeforeEarlierOnes() {
        loop.submit(Duration.ZERO, new RecordedRequest("one", () -> "a"));
        loop.submit(Duration.ZERO, new RecordedRequest("other", () -> "b"));
        loop.submitFirst(new RecordedRequest("first", () -> "c"));
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("first: c", "one: a", "other: b");
    }

    @Test
    void theStoreIsCalledOutsideOfTheMonitorAndTheRestWithinIt() {
        loop.submit(
                Duration.ZERO, new RecordedRequest("request", () -> Thread.holdsLock(monitor) ? "inside" : "outside") {
                    @Override
                    public void done(String answer) {
                        super.done(answer + (Thread.holdsLock(monitor) ? ", inside" : ", outside"));
                    }
                });
        runFor(Duration.ofSeconds(1));

        assertThat(done).containsExactly("request: outside, inside");
    }

    @Test
    void aLoopWhoseIdleWaitFailsWaitsUntilTheNextRequestIsDue() {
        List<Duration> waits = new ArrayList<>();
        ThreadLoop<String> failing = new ThreadLoop<>(Clock.SYSTEM, monitor, (waiting, atMost) -> {
            waits.add(atMost);
            throw new NoClassDefFoundError("on purpose");
        });
        failing.submit(Duration.ofMillis(100), new RecordedRequest("due", () -> "a"));
        failing.submit(Duration.ofMillis(110), new RecordedRequest("stop", () -> {
            failing.stop();
            return "b";
        }));
        failing.worker("channel").run();

        assertThat(done).containsExactly("due: a", "stop: b");
        assertThat(waits).as("attempts to wait").hasSizeLessThan(20);
    }

    @Test
    void requestsThatRemainAreMadeByTheNextWorkerOnItsChannel() {
        loop.submit(Duration.ofSeconds(5), new RecordedRequest("later", () -> "a"));
        runFor(Duration.ofSeconds(1));
        assertThat(done).isEmpty();

        runFor(Duration.ofSeconds(10));

        assertThat(done).containsExactly("later: a");
    }

    @Test
    void aWorkerEndsWhenAnotherOneFollowsDuringItsRequest() {
        loop.submit(Duration.ZERO, new RecordedRequest("first", () -> {
            runFor(Duration.ofSeconds(1));
            return "a";
        }));
        loop.submit(Duration.ZERO, new RecordedRequest("second", () -> "b"));

        loop.worker("channel").run();

        assertThat(done).as("the late answer comes last").containsExactly("second: b", "first: a");
    }

    private void runFor(Duration time) {
        loop.submit(
                time,
                new RecordedRequest("", () -> {
                    loop.stop();
                    return "";
                }) {
                    @Override
                    public void done(String answer) {}
                });
        loop.worker("channel").run();
    }

    private class RecordedRequest implements Request<String, String> {

        private final String name;
        private final Supplier<String> call;

        private RecordedRequest(String name, Supplier<String> call) {
            this.name = name;
            this.call = call;
        }

        @Override
        public Optional<Function<String, String>> prepare() {
            return Optional.of(channel -> call.get());
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
