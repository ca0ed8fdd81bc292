package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.TaskSession;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** Tells the queue what has become of tasks, and claims more: all that is due in one request, one request at a time. */
final class Clerk<T> {

    private final TaskLine<T> line;
    private final TaskSession session;
    private final SharedDesk<T> desk;
    private final Reports<T> reports;
    private boolean checked;
    private Supplier<Collection<ClaimedTask<T>>> others = List::of;

    /** @param checked whether the queue is known to be usable */
    Clerk(TaskLine<T> line, TaskSession session, SharedDesk<T> desk, Reports<T> reports, boolean checked) {
        this.line = line;
        this.session = session;
        this.desk = desk;
        this.reports = reports;
        this.checked = checked;
    }

    /** Says what the session holds besides what is known at the desk. */
    void others(Supplier<Collection<ClaimedTask<T>>> known) {
        others = known;
    }

    /** Does one thing that is due, and returns whether there was one. */
    boolean step() {
        if (!checked) {
            return desk.observe(shared -> !shared.isClosing() && shared.pauseNanosLeft(desk.now()) <= 0) && check();
        }
        TaskSession.Place place = session.place();
        Optional<Errand<T>> next = desk.observe(shared -> shared.next(place, desk.now()));
        if (next.isPresent()) {
            send(next.get());
            return true;
        }
        // After what is to be told, which is not to wait if this fails over and over.
        OptionalLong toSweep = desk.call(shared -> shared.toSweep(desk.now()));
        toSweep.ifPresent(this::sweep);
        return toSweep.isPresent();
    }

    private boolean check() {
        try {
            line.check();
            checked = true;
            reports.queueWorks();
        } catch (Throwable failure) {
            failed(failure);
        }
        return true;
    }

    /** Gives back what a claim whose answer was lost may have claimed. */
    private void sweep(long id) {
        try {
            List<ClaimedTask<T>> known = new ArrayList<>(desk.call(Desk::known));
            known.addAll(others.get());
            line.releaseAllBut(id, known);
            desk.call(shared -> {
                shared.swept(id, desk.now());
                return true;
            });
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private void send(Errand<T> errand) {
        TaskRequest<T> request = errand.request();
        try (Activity activity = request.claim().isPresent() ? reports.claim(request.session()) : Activity.NONE) {
            TaskReply<T> reply;
            try {
                reply = line.exchange(request);
            } catch (Throwable failure) {
                desk.call(shared -> {
                    shared.unanswered(errand, desk.now());
                    return true;
                });
                activity.failed(failure);
                reports.queueFailed(failure);
                return;
            }
            // Observed, as only a session that is trusted now has surely been live until now.
            Settled<T> settled = desk.observe(shared -> shared.answered(errand, reply, desk.now()));
            activity.succeeded(reply.claimed().size());
            reports.queueWorks();
            reports.settled(settled);
            reports.putAside(among(request.failed(), settled.putAside()));
        }
    }

    private void failed(Throwable failure) {
        desk.call(shared -> {
            shared.failed(desk.now());
            return true;
        });
        reports.queueFailed(failure);
    }

    private static <T> List<FailedTask<T>> among(List<FailedTask<T>> failed, List<ClaimedTask<T>> putAside) {
        if (putAside.isEmpty()) {
            return List.of();
        }
        Set<Object> ids = new HashSet<>();
        putAside.forEach(task -> ids.add(task.id()));
        List<FailedTask<T>> among = new ArrayList<>(failed);
        among.removeIf(task -> !ids.contains(task.claimed().id()));
        return among;
    }
}
