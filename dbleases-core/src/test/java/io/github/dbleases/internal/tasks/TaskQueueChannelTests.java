package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskQueueChannelTests {

    private final List<String> calls = new ArrayList<>();
    private int missing;
    private final TaskChannel<String> line = TaskQueues.line(new TaskQueue<>() {
        @Override
        public List<String> claim(TaskClaim claim) {
            calls.add("claim " + claim.limit());
            return List.of("new");
        }

        @Override
        public int finish(long session, List<String> tasks) {
            calls.add("finish " + tasks);
            return tasks.size() - missing;
        }

        @Override
        public void release(long session, List<String> tasks) {
            calls.add("release " + tasks);
        }

        @Override
        public boolean fail(long session, TaskFailure<String> failure) {
            calls.add("fail " + failure.task());
            return "worn".equals(failure.task());
        }
    });

    @Test
    void everythingIsToldBeforeMoreIsClaimed() {
        TaskReply<String> reply = line.exchange(new TaskRequest<>(
                7,
                List.of(task("done")),
                List.of(failed("worn"), failed("bad")),
                List.of(task("left")),
                ClaimPlan.of(new TaskClaim(7, 5, 0, Place.ALONE, false))));

        assertThat(calls).containsExactly("finish [done]", "fail worn", "fail bad", "release [left]", "claim 5");
        assertThat(reply)
                .isEqualTo(new TaskReply<>(
                        List.of(task("new")), List.of(), false, List.of(), List.of(task("worn")), List.of()));
    }

    private static TaskRequest.Failed<String> failed(String task) {
        return new TaskRequest.Failed<>(
                task(task),
                new TaskFailure<>(task, task, new IllegalStateException(), Verdict.RETRY, Duration.ofSeconds(1)));
    }

    @Test
    void asManyTasksAreLostAsWereNotFinished() {
        missing = 1;

        TaskReply<String> reply =
                line.exchange(new TaskRequest<>(7, List.of(task("one"), task("two")), List.of(), List.of(), null));

        assertThat(reply.lost()).hasSize(1);
    }

    @Test
    void inATransactionADifferenceIsNarrowedDownByTheRunner() {
        missing = 1;

        assertThatThrownBy(() -> line.finish(7, List.of(task("one"), task("two"))))
                .hasMessageContaining("Of 2 tasks, 1 were not finished, because session 7");
        assertThat(line.finish(7, List.of(task("one")))).containsExactly(task("one"));
    }

    private static ClaimedTask<String> task(String task) {
        return new ClaimedTask<>(task, task, 0);
    }
}
