package io.github.dbleases.spring;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** Has the session and the neighbors that a test tells it to have: none, and none, until then. */
public final class FakeTaskSession implements TaskSession {

    private final String name;
    private final List<TaskSessionListener> listeners = new CopyOnWriteArrayList<>();
    private volatile OptionalLong id = OptionalLong.empty();
    private volatile Place place = Place.ALONE;
    private volatile boolean left;

    FakeTaskSession(String name) {
        this.name = name;
    }

    /** Takes part in a session from now on, as one of so many. */
    public void joined(long session, int of) {
        id = OptionalLong.of(session);
        place = new Place(0, of);
        listeners.forEach(TaskSessionListener::onChanged);
    }

    /** Has no session any more. */
    public void lost() {
        id = OptionalLong.empty();
        listeners.forEach(TaskSessionListener::onChanged);
    }

    /** The client is about to close. */
    public void closing() {
        id = OptionalLong.empty();
        listeners.forEach(TaskSessionListener::onClosing);
    }

    public boolean isLeft() {
        return left;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public OptionalLong id() {
        return id;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public Registration addListener(TaskSessionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void leave() {
        left = true;
        id = OptionalLong.empty();
    }
}
