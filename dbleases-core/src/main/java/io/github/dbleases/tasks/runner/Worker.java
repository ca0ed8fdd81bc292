package io.github.dbleases.tasks.runner;

import org.jspecify.annotations.Nullable;

/** Has batches worked on, one after the other, on a thread of its own. */
final class Worker<T> {

    private final SharedDesk<T> desk;
    private final Performer<T> performer;
    private final Reports<T> reports;

    Worker(SharedDesk<T> desk, Performer<T> performer, Reports<T> reports) {
        this.desk = desk;
        this.performer = performer;
        this.reports = reports;
    }

    /** Works until the desk is closed. */
    void run() {
        for (Batch<T> batch = desk.awaitBatch(); batch != null; batch = desk.awaitBatch()) {
            work(batch);
        }
    }

    /** Works on one batch, and returns whether there was one. */
    boolean step() {
        @Nullable Batch<T> batch = desk.take();
        if (batch != null) {
            work(batch);
        }
        return batch != null;
    }

    private void work(Batch<T> batch) {
        if (!desk.isTrusted(batch.session())) {
            desk.observe(observed -> {
                observed.putBack(batch);
                return true;
            });
            return;
        }
        Outcome<T> outcome;
        try {
            outcome = performer.perform(batch);
        } catch (Throwable failure) {
            outcome = new Outcome.Thrown<>(failure, true);
        }
        Outcome<T> known = outcome;
        reports.settled(desk.observe(shared -> shared.done(batch, known, desk.now())));
    }
}
