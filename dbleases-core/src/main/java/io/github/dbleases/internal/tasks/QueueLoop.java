package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.tasks.RunnerState.Message;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the queue: tells it what has become of tasks and claims more, all that is due in one request, one request at a
 * time. What the threads finish while a request is under way goes with the next one, so the number of requests does not grow
 * with the number of threads.
 */
final class QueueLoop<T> {

    private final TaskChannel<T> line;
    private final TaskSession session;
    private final SharedState<T> state;
    private final RunnerReporter<T> reporter;
    private final QueueScope scope;
    private boolean checked;

    /** @param checked whether the queue is known to be usable */
    QueueLoop(
            TaskChannel<T> line,
            TaskSession session,
            SharedState<T> state,
            RunnerReporter<T> reporter,
            QueueScope scope,
            boolean checked) {
        this.line = line;
        this.session = session;
        this.state = state;
        this.reporter = reporter;
        this.scope = scope;
        this.checked = checked;
    }

    /** Does one thing that is due, and returns whether there was one. */
    boolean step() {
        if (!checked) {
            return state.observe(now -> !now.isClosing() && now.pauseLeft(state.now()) <= 0) && check();
        }
        Place place = session.place();
        @Nullable Message<T> next = state.<@Nullable Message<T>>observe(now -> now.next(place, state.now()));
        if (next != null) {
            send(next);
            return true;
        }
        // After what there is to tell, which must not wait if this fails over and over.
        OptionalLong toSweep = state.call(now -> now.toSweep(state.now()));
        toSweep.ifPresent(this::sweep);
        return toSweep.isPresent();
    }

    private boolean check() {
        try {
            line.check();
            checked = true;
            reporter.queueWorks();
        } catch (Throwable failure) {
            state.change(now -> now.pause(state.now()));
            reporter.queueFailed(List.of(), failure);
        }
        return true;
    }

    private void send(Message<T> message) {
        TaskRequest<T> request = message.request();
        if (request.claim() == null) {
            exchange(message, Activity.NONE);
            return;
        }
        try (Activity activity = reporter.claim(request.session())) {
            scope.claiming(() -> exchange(message, activity));
        }
    }

    private void exchange(Message<T> message, Activity activity) {
        TaskReply<T> reply;
        try {
            reply = line.exchange(message.request());
        } catch (Throwable failure) {
            boolean unanswered = failure instanceof TaskQueueException thrown && !thrown.isRefused();
            boolean nothingDone = failure instanceof TaskQueueException thrown && thrown.isRefused();
            state.change(now -> {
                if (unanswered) {
                    now.unanswered(message, state.now());
                } else {
                    now.refused(message, nothingDone, state.now());
                }
            });
            activity.failed(failure);
            reporter.queueFailed(message.request().tasks(), failure);
            return;
        }
        // The session is looked at, as only one that is trusted now has surely been live until now.
        Settled<T> settled = state.observe(now -> now.answered(message, reply, state.now()));
        activity.succeeded(reply.claimed().size());
        reporter.queueWorks();
        reporter.settled(settled);
    }

    /** Gives back what a claim may have taken whose reply was lost: all that no run of this application knows of. */
    private void sweep(long id) {
        try {
            scope.sweeping(runs -> {
                Set<Object> known = new HashSet<>();
                runs.forEach(run -> known.addAll(run.known(id)));
                line.releaseAllBut(id, known);
            });
            state.change(now -> now.swept(id, state.now()));
            reporter.queueWorks();
        } catch (Throwable failure) {
            state.change(now -> now.pause(state.now()));
            reporter.queueFailed(List.of(), failure);
        }
    }
}
