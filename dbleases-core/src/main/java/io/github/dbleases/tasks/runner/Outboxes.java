package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the queue has not been told yet, of the present session and of former ones, and when it may be asked.
 *
 * <p>After a request that was not answered the queue is left alone for a while. A request that fails over and over though
 * others are answered has a pause of its own and goes in ever smaller parts: a task that cannot be finished stops no others.
 */
final class Outboxes<T> {

    private final Deque<Outbox<T>> former = new ArrayDeque<>();
    private final Pause pause;
    private final Pause repeats;
    private @Nullable Outbox<T> present;
    private boolean asking;
    private boolean answering = true;

    Outboxes(Duration interval, DoubleSupplier random, long now) {
        this.pause = new Pause(interval, random, now);
        // Twice as long, so that others are tried first: if they succeed, it is known what is to blame.
        this.repeats = new Pause(interval.multipliedBy(2), random, now);
    }

    /** Makes another session the present one. */
    void open(long session) {
        if (present != null && !present.isEmpty()) {
            former.add(present);
        }
        present = new Outbox<>(session);
    }

    OptionalLong session() {
        return present == null ? OptionalLong.empty() : OptionalLong.of(present.session());
    }

    boolean isPresent(long session) {
        return present != null && present.session() == session;
    }

    /** Returns the outbox of a session. */
    Outbox<T> of(long session) {
        if (present != null && present.session() == session) {
            return present;
        }
        for (Outbox<T> outbox : former) {
            if (outbox.session() == session) {
                return outbox;
            }
        }
        Outbox<T> outbox = new Outbox<>(session);
        former.add(outbox);
        return outbox;
    }

    /** Takes what is to be asked now, with a claim if there is to be one and the request is not a repeated one. */
    Optional<Errand<T>> next(Supplier<Optional<TaskClaim>> claims, long now) {
        if (pause.nanosLeft(now) > 0) {
            return Optional.empty();
        }
        former.removeIf(Outbox::isEmpty);
        Optional<Errand<T>> next = Optional.empty();
        for (Outbox<T> outbox : former) {
            next = next.isPresent() ? next : next(outbox, Optional::empty, now);
        }
        if (next.isEmpty() && present != null) {
            next = next(present, claims, now);
        }
        asking = next.isPresent();
        return next;
    }

    private Optional<Errand<T>> next(Outbox<T> outbox, Supplier<Optional<TaskClaim>> claims, long now) {
        if (outbox.hasUnanswered() && repeats.nanosLeft(now) <= 0) {
            return Optional.of(outbox.repeat());
        }
        Optional<TaskClaim> claim = claims.get();
        return claim.isPresent() || outbox.hasNew() ? Optional.of(outbox.take(claim)) : Optional.empty();
    }

    void answered(Errand<T> errand, long now) {
        asking = false;
        if (errand.repeated()) {
            repeats.end(now);
            pause.end(now);
        } else {
            works(now);
        }
    }

    /** Takes note that the queue can be used. */
    void works(long now) {
        pause.end(now);
        if (!answering) {
            repeats.cut(now);
        }
        answering = true;
    }

    void unanswered(Errand<T> errand, boolean hurried, long now) {
        asking = false;
        of(errand.request().session()).putBack(errand);
        if (errand.repeated()) {
            repeats.begin(hurried, now);
        }
        if (!errand.repeated() || !answering) {
            failed(hurried, now);
        }
    }

    /** Takes note that the queue cannot be used. */
    void failed(boolean hurried, long now) {
        answering = false;
        pause.begin(hurried, now);
    }

    /** Ends the pauses. */
    void hurry(long now) {
        pause.cut(now);
        repeats.cut(now);
    }

    boolean hasToTell() {
        return asking
                || (present != null && !present.isEmpty())
                || former.stream().anyMatch(outbox -> !outbox.isEmpty());
    }

    /** Returns how long until the queue is to be told something, {@code Long.MAX_VALUE} if there is nothing. */
    long nanosUntilTold(long now) {
        boolean news = (present != null && present.hasNew()) || former.stream().anyMatch(Outbox::hasNew);
        if (news) {
            return pauseLeft(now);
        }
        return hasToTell() ? Math.max(pauseLeft(now), repeats.nanosLeft(now)) : Long.MAX_VALUE;
    }

    /** Returns whether nothing can be told at this moment: it was not answered, and is to be told again after a pause. */
    boolean isStuck(long now) {
        return !asking && hasToTell() && nanosUntilTold(now) > 0;
    }

    long pauseLeft(long now) {
        return Math.max(0, pause.nanosLeft(now));
    }

    /** Returns how many tasks of the present session have failed. */
    int failures() {
        return present == null ? 0 : present.failures();
    }

    /** Forgets all of it and returns how many tasks that concerns. */
    int abandon() {
        int abandoned = present == null ? 0 : present.tasks().size();
        for (Outbox<T> outbox : former) {
            abandoned += outbox.tasks().size();
        }
        present = present == null ? null : new Outbox<>(present.session());
        former.clear();
        return abandoned;
    }
}
