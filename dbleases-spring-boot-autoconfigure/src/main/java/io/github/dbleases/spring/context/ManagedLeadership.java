package io.github.dbleases.spring.context;

import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A leadership that can be injected and listened to before this client is a candidate, and that outlives the session: it is
 * not led unless it is joined.
 */
final class ManagedLeadership implements Leadership {

    private final String name;
    private final Consumer<ManagedLeadership> onLeave;
    private final Joined<Leadership, LeadershipListener> joined = new Joined<>(Leadership::addListener);

    ManagedLeadership(String name, Consumer<ManagedLeadership> onLeave) {
        this.name = name;
        this.onLeave = onLeave;
    }

    /** Becomes a candidate; does nothing when this client is one already. */
    void join(LeaseClient client) {
        joined.attach(client.leadership(name));
    }

    /** Forgets the leadership of a client that is closed. */
    void detach() {
        joined.detach();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isLeader() {
        Leadership leadership = joined.current();
        return leadership != null && leadership.isLeader();
    }

    @Override
    public OptionalLong token() {
        Leadership leadership = joined.current();
        return leadership == null ? OptionalLong.empty() : leadership.token();
    }

    @Override
    public boolean awaitOutcome(Duration atMost) {
        return joined.find().map(leadership -> leadership.awaitOutcome(atMost)).orElse(false);
    }

    @Override
    public Optional<Leader> leader() {
        return joined.find().flatMap(Leadership::leader);
    }

    @Override
    public void resign() {
        joined.find().ifPresent(Leadership::resign);
    }

    @Override
    public boolean runIfLeader(Runnable work) {
        Leadership leadership = joined.current();
        return leadership != null && leadership.runIfLeader(work);
    }

    @Override
    public <T> Optional<T> callIfLeader(Callable<T> work) throws Exception {
        Leadership leadership = joined.current();
        return leadership == null ? Optional.empty() : leadership.callIfLeader(work);
    }

    @Override
    public Optional<Hold> tryHold() {
        Leadership leadership = joined.current();
        return leadership == null ? Optional.empty() : leadership.tryHold();
    }

    @Override
    public Registration addListener(LeadershipListener listener) {
        return joined.addListener(listener);
    }

    @Override
    public void leave() {
        onLeave.accept(this);
        joined.find().ifPresent(Leadership::leave);
    }

    @Override
    public String toString() {
        return "Leadership[" + name + "]";
    }
}
