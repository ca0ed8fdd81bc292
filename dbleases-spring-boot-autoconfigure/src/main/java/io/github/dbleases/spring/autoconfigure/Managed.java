package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Registration;
import io.github.dbleases.internal.InternalLeaseClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be injected and listened to before it is joined, and outlives the session: what has been joined with the running
 * client, if anything, and the listeners that outlive it. Reading it costs one volatile read.
 *
 * @param <J> what is joined: a lease, a leadership or a task session
 * @param <L> its listeners
 */
abstract class Managed<J, L> {

    private final LeaseSpec spec;
    private final ManagedLeases all;
    private final List<Listening> listeners = new ArrayList<>();
    private volatile @Nullable J current;

    Managed(LeaseSpec spec, ManagedLeases all) {
        this.spec = spec;
        this.all = all;
    }

    /** Joins it, or returns what the client has joined already. */
    abstract J joinWith(InternalLeaseClient client);

    abstract Registration register(J joined, L listener);

    abstract void leave(J joined);

    final LeaseSpec spec() {
        return spec;
    }

    public final String name() {
        return spec.name();
    }

    final @Nullable J current() {
        return current;
    }

    final Optional<J> find() {
        return Optional.ofNullable(current);
    }

    /** Joins it; does nothing when the client has joined it already. */
    final void join(InternalLeaseClient client) {
        J joined = joinWith(client);
        synchronized (listeners) {
            if (current != joined) {
                current = joined;
                listeners.forEach(listening -> listening.attach(joined));
            }
        }
    }

    /** Forgets what was joined with a client that is closed. */
    final void detach() {
        synchronized (listeners) {
            current = null;
            listeners.forEach(Listening::detach);
        }
    }

    public final Registration addListener(L listener) {
        Listening listening = new Listening(listener);
        synchronized (listeners) {
            listeners.add(listening);
            J joined = current;
            if (joined != null) {
                listening.attach(joined);
            }
        }
        return () -> {
            synchronized (listeners) {
                listeners.remove(listening);
                listening.close();
            }
        };
    }

    public final void leave() {
        all.forget(this);
        find().ifPresent(this::leave);
    }

    /** A listener, and its registration with what was joined. */
    private final class Listening {

        private final L listener;
        private @Nullable Registration registration;

        private Listening(L listener) {
            this.listener = listener;
        }

        private void attach(J joined) {
            registration = register(joined, listener);
        }

        private void detach() {
            registration = null;
        }

        private void close() {
            if (registration != null) {
                registration.close();
                registration = null;
            }
        }
    }
}
