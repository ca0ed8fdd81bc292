package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.tasks.PendingReports.OutgoingRequest;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the queue: reports outcomes and claims tasks, everything that is due in one request, one request at a time. What
 * the threads finish while a request is being answered goes with the next one, so more threads don't mean more requests.
 */
final class QueueLoop<T> {

    private final TaskChannel<T> channel;
    private final TaskSession session;
    private final SharedState<T> state;
    private final RunnerReporter<T> reporter;
    private final QueueScope scope;
    private boolean checked;

    /** @param checked whether the queue is known to be usable */
    QueueLoop(
            TaskChannel<T> channel,
            TaskSession session,
            SharedState<T> state,
            RunnerReporter<T> reporter,
            QueueScope scope,
            boolean checked) {
        this.channel = channel;
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
        @Nullable
        OutgoingRequest<T> next = state.<@Nullable OutgoingRequest<T>>observe(now -> now.next(place, state.now()));
        if (next != null) {
            send(next);
            return true;
        }
        // After all requests: reports must not wait while a sweep fails again and again.
        OptionalLong toSweep = state.call(now -> now.sessionToSweep(state.now()));
        toSweep.ifPresent(this::sweep);
        return toSweep.isPresent();
    }

    private boolean check() {
        try {
            channel.check();
            checked = true;
            reporter.queueWorks();
        } catch (Throwable failure) {
            state.change(now -> now.pause(state.now()));
            reporter.queueFailed(List.of(), failure);
        }
        return true;
    }

    private void send(OutgoingRequest<T> next) {
        TaskRequest<T> request = next.request();
        if (request.claim() == null) {
            exchange(next, Activity.NONE);
            return;
        }
        try (Activity activity = reporter.claim(request.session())) {
            scope.claim(() -> exchange(next, activity));
        }
    }

    private void exchange(OutgoingRequest<T> sent, Activity activity) {
        TaskReply<T> reply;
        try {
            reply = channel.exchange(sent.request());
        } catch (Throwable failure) {
            boolean unanswered = failure instanceof TaskQueueException thrown && !thrown.isRefused();
            boolean nothingDone = failure instanceof TaskQueueException thrown && thrown.isRefused();
            state.change(now -> {
                if (unanswered) {
                    now.unanswered(sent, state.now());
                } else {
                    now.refused(sent, nothingDone, state.now());
                }
            });
            activity.failed(failure);
            reporter.queueFailed(sent.request().tasks(), failure);
            return;
        }
        // Reads the session again: only a session that is trusted now has certainly been live until now.
        TaskOutcomes<T> outcomes = state.observe(now -> now.answered(sent, reply, state.now()));
        activity.succeeded(reply.claimed().size());
        reporter.queueWorks();
        reporter.report(outcomes);
    }

    /** Releases what a claim without a reply may have taken: all tasks that no run of this application knows of. */
    private void sweep(long id) {
        try {
            scope.sweep(runs -> {
                Set<Object> known = new HashSet<>();
                runs.forEach(run -> known.addAll(run.known(id)));
                channel.releaseAllBut(id, known);
            });
            state.change(now -> now.swept(id, state.now()));
            reporter.queueWorks();
        } catch (Throwable failure) {
            state.change(now -> now.pause(state.now()));
            reporter.queueFailed(List.of(), failure);
        }
    }
}
