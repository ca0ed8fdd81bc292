package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ListenerQueueTests {

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private boolean noThreads;
    private final ListenerQueue<List<String>> queue = new ListenerQueue<>(this::execute, told);

    @Test
    void notificationsAreDeliveredInOrderOneAfterAnother() {
        queue.tell(to -> to.add("a"));
        queue.tell(to -> to.add("b"));
        assertThat(threads).hasSize(1);

        run();
        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void notificationsThatFindNoThreadAreDeliveredLaterInOrder() {
        noThreads = true;
        queue.tell(to -> to.add("a"));
        queue.afterwards(() -> told.add("after a"));
        queue.nudge();
        assertThat(threads).isEmpty();

        noThreads = false;
        queue.nudge();
        queue.tell(to -> to.add("b"));
        run();
        assertThat(told).containsExactly("a", "after a", "b");
    }

    @Test
    void aThreadThatFindsNoOtherContinues() {
        queue.tell(to -> to.add("a"));
        queue.tell(to -> to.add("b"));
        noThreads = true;

        run();
        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void aNotificationThatFailsCountsAsDelivered() {
        queue.tell(to -> {
            to.add("a");
            throw new OutOfMemoryError("on purpose");
        });
        queue.tell(to -> to.add("b"));
        run();

        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void anActionAfterwardsIsRepeatedUntilItSucceeds() {
        int[] failures = {25};
        queue.afterwards(() -> {
            if (failures[0]-- > 0) {
                throw new OutOfMemoryError("on purpose");
            }
            told.add("after");
        });
        run();
        assertThat(told).isEmpty();

        queue.nudge();
        run();
        queue.nudge();
        run();
        assertThat(told).containsExactly("after");
    }

    @Test
    void aRemovedListenerIsNotNotified() {
        queue.tell(to -> to.add("a"));
        queue.remove();
        run();

        assertThat(told).isEmpty();
    }

    private void execute(Runnable action) {
        if (noThreads) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        threads.add(action);
    }

    private void run() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }
}
