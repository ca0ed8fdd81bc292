package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.OptionalLong;

/** A task session that can be asked for before the client starts: unless it is joined it has no id. */
final class ManagedTaskSession extends Managed<TaskSession, TaskSessionListener> implements TaskSession {

    ManagedTaskSession(LeaseSpec spec, ManagedLeases all) {
        super(spec, all);
    }

    @Override
    TaskSession joinWith(InternalLeaseClient client) {
        return client.taskSession(name());
    }

    @Override
    Registration register(TaskSession session, TaskSessionListener listener) {
        return session.addListener(listener);
    }

    @Override
    void leave(TaskSession session) {
        session.leave();
    }

    @Override
    public OptionalLong id() {
        TaskSession session = current();
        return session == null ? OptionalLong.empty() : session.id();
    }

    @Override
    public boolean isDrained() {
        TaskSession session = current();
        return session != null && session.isDrained();
    }

    @Override
    public Place place() {
        return find().map(TaskSession::place).orElse(Place.ALONE);
    }

    @Override
    public String toString() {
        return "TaskSession[" + name() + "]";
    }
}
