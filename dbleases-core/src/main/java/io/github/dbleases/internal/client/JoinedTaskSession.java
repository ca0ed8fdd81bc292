package io.github.dbleases.internal.client;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.OptionalLong;

/** A task session as its users see it: a lease without partitions whose members share the tasks. */
final class JoinedTaskSession implements TaskSession {

    private final JoinedLease lease;
    private final Engine engine;

    JoinedTaskSession(JoinedLease lease, Engine engine) {
        this.lease = lease;
        this.engine = engine;
    }

    @Override
    public String name() {
        return lease.name();
    }

    @Override
    public OptionalLong id() {
        return lease.trustedSession();
    }

    @Override
    public boolean isDrained() {
        return taskMembership().isDrained();
    }

    @Override
    public Place place() {
        return taskMembership().current().place();
    }

    @Override
    public Registration addListener(TaskSessionListener listener) {
        return engine.exclusively(() -> taskMembership().addListener(listener));
    }

    @Override
    public void leave() {
        lease.leave();
    }

    private TaskMembership taskMembership() {
        return lease.ownership().taskMembership();
    }

    @Override
    public String toString() {
        long session = taskMembership().current().session();
        return "TaskSession '%s', %s"
                .formatted(
                        name(),
                        session == Snapshot.NO_SESSION
                                ? "not joined"
                                : "session %d of %d".formatted(session, sessions()));
    }
}
