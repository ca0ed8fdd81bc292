package io.github.dbleases.internal.client;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.OptionalLong;

/** The part in the sharing of tasks as its users see it: a lease without partitions, whose members share the tasks. */
final class JoinedTasks implements TaskSession {

    private final JoinedLease lease;
    private final Engine engine;

    JoinedTasks(JoinedLease lease, Engine engine) {
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
    public Place place() {
        return sharing().part().place();
    }

    @Override
    public Registration addListener(TaskSessionListener listener) {
        return engine.exclusively(() -> sharing().addListener(listener));
    }

    @Override
    public void leave() {
        lease.leave();
    }

    private Sharing sharing() {
        return lease.portfolio().sharing();
    }

    @Override
    public String toString() {
        long session = sharing().part().session();
        return "TaskSession '%s', %s"
                .formatted(
                        name(),
                        session == Snapshot.NOBODY ? "not joined" : "session %d of %d".formatted(session, sessions()));
    }
}
