package io.github.dbleases.internal.client;

import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/** A listener that works on tasks and ends its work when it is told to. It records what it sees in each call. */
final class SimTaskListener implements TaskSessionListener {

    private final SimWorld world;
    private final TaskSession tasks;
    private final IntSupplier mostClosings;
    private final Runnable endOfWork;
    private OptionalLong seenSession = OptionalLong.empty();
    private int seenSessions = 1;
    private int changes;
    private int closings;

    /**
     * Creates a listener.
     *
     * @param mostClosings returns how often the client may have been about to close or stop
     */
    SimTaskListener(SimWorld world, TaskSession tasks, IntSupplier mostClosings, Runnable endOfWork) {
        this.world = world;
        this.tasks = tasks;
        this.mostClosings = mostClosings;
        this.endOfWork = endOfWork;
    }

    TaskSession taskSession() {
        return tasks;
    }

    int changes() {
        return changes;
    }

    int closings() {
        return closings;
    }

    /** Returns whether nothing has changed since the last call. */
    boolean isUpToDate() {
        return seenSession.equals(tasks.id()) && seenSessions == tasks.sessions();
    }

    @Override
    public void onChanged() {
        changes++;
        look();
    }

    /** Records the current session, again if it was interrupted. */
    void look() {
        try {
            seenSession = tasks.id();
            seenSessions = tasks.sessions();
        } catch (SimEnvironment.SimulatedError interrupted) {
            look();
        }
    }

    @Override
    public void onClosing() {
        closings++;
        if (closings > mostClosings.getAsInt()) {
            world.violation(tasks + " was told too often that its client is about to close");
        }
        if (tasks.id().isPresent()) {
            world.violation(tasks + " has a session for new work though its client is about to close");
        }
        endOfWork.run();
    }

    @Override
    public String toString() {
        return "%s, seen as %s of %d, closings: %d".formatted(tasks, seenSession, seenSessions, closings);
    }
}
