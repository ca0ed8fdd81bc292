package io.github.dbleases.tasks.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskQueueLineTests {

    private final List<String> calls = new ArrayList<>();
    private int missing;
    private final TaskLine<String> line = TaskQueues.line(new TaskQueue<>() {
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
        public boolean retry(long session, String task, Throwable failure) {
            return !task.equals("worn");
        }
    });

    @Test
    void everythingIsToldBeforeMoreIsClaimed() {
        List<FailedTask<String>> failed = List.of(
                new FailedTask<>(task("worn"), new IllegalStateException()),
                new FailedTask<>(task("bad"), new IllegalStateException()));
        TaskReply<String> reply = line.exchange(new TaskRequest<>(
                7,
                List.of(task("done")),
                failed,
                List.of(task("left")),
                Optional.of(new TaskClaim(7, 5, 0, Place.ALONE, false))));

        assertThat(calls).containsExactly("finish [done]", "release [left]", "claim 5");
        assertThat(reply).isEqualTo(new TaskReply<>(List.of(task("new")), List.of(), List.of(task("worn")), List.of()));
    }

    @Test
    void asManyTasksAreLostAsWereNotFinished() {
        missing = 1;

        TaskReply<String> reply = line.exchange(
                new TaskRequest<>(7, List.of(task("one"), task("two")), List.of(), List.of(), Optional.empty()));

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
        return new ClaimedTask<>(task, task);
    }
}
