package io.github.dbleases.internal.tasks;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A session that a test controls. */
final class FakeSession implements TaskSession {

    private final MemoryQueue queue;
    private final List<TaskSessionListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger left = new AtomicInteger();
    private volatile OptionalLong id = OptionalLong.empty();
    private volatile Place place = Place.ALONE;
    private volatile long last;
    private volatile boolean drained;

    FakeSession(MemoryQueue queue) {
        this.queue = queue;
    }

    FakeSession open(long session) {
        queue.open(session);
        last = session;
        id = OptionalLong.of(session);
        tell();
        return this;
    }

    /** The client does not trust its session at the moment, and does not tell its listeners. */
    void distrust() {
        id = OptionalLong.empty();
    }

    void trust(long session) {
        id = OptionalLong.of(session);
    }

    /** The client stands by, or takes part again, and tells its listeners. */
    void drain(boolean standBy) {
        drained = standBy;
        tell();
    }

    /** Returns the id of the session that was opened last. */
    long last() {
        return last;
    }

    void share(int among) {
        place = new Place(0, among);
    }

    void tell() {
        listeners.forEach(TaskSessionListener::onChanged);
    }

    void close() {
        id = OptionalLong.empty();
        listeners.forEach(TaskSessionListener::onClosing);
    }

    int left() {
        return left.get();
    }

    int listening() {
        return listeners.size();
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public OptionalLong id() {
        return id;
    }

    @Override
    public boolean isDrained() {
        return drained;
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
        left.incrementAndGet();
    }
}
