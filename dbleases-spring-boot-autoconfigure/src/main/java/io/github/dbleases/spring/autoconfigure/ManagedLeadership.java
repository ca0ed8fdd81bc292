package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.InternalLeaseClient;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * A leadership that can be injected and listened to before this client is a candidate, and that outlives the session: it is
 * not led unless it is joined.
 */
final class ManagedLeadership extends Managed<Leadership, LeadershipListener> implements Leadership {

    ManagedLeadership(LeaseSpec spec, ManagedLeases all) {
        super(spec, all);
    }

    @Override
    Leadership joinWith(InternalLeaseClient client) {
        return client.leadership(name());
    }

    @Override
    Registration register(Leadership leadership, LeadershipListener listener) {
        return leadership.addListener(listener);
    }

    @Override
    void leave(Leadership leadership) {
        leadership.leave();
    }

    @Override
    public boolean isLeader() {
        Leadership leadership = current();
        return leadership != null && leadership.isLeader();
    }

    @Override
    public OptionalLong token() {
        Leadership leadership = current();
        return leadership == null ? OptionalLong.empty() : leadership.token();
    }

    @Override
    public boolean awaitOutcome(Duration atMost) {
        return find().map(leadership -> leadership.awaitOutcome(atMost)).orElse(false);
    }

    @Override
    public Optional<Leader> leader() {
        return find().flatMap(Leadership::leader);
    }

    @Override
    public void resign() {
        find().ifPresent(Leadership::resign);
    }

    @Override
    public boolean runIfLeader(Runnable work) {
        Leadership leadership = current();
        return leadership != null && leadership.runIfLeader(work);
    }

    @Override
    public <T> Optional<T> callIfLeader(Callable<T> work) throws Exception {
        Leadership leadership = current();
        return leadership == null ? Optional.empty() : leadership.callIfLeader(work);
    }

    @Override
    public Optional<Hold> tryHold() {
        Leadership leadership = current();
        return leadership == null ? Optional.empty() : leadership.tryHold();
    }

    @Override
    public String toString() {
        return "Leadership[" + name() + "]";
    }
}
