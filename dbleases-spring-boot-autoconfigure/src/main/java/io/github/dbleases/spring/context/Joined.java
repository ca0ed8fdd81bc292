package io.github.dbleases.spring.context;

import io.github.dbleases.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What has been joined with the running client, if anything, and the listeners that outlive it. Reading it costs one
 * volatile read.
 *
 * @param <J> a lease or a leadership
 * @param <L> its listeners
 */
final class Joined<J, L> {

    private final BiFunction<J, L, Registration> register;
    private final List<Listening> listeners = new ArrayList<>();
    private volatile @Nullable J current;

    Joined(BiFunction<J, L, Registration> register) {
        this.register = register;
    }

    @Nullable
    J current() {
        return current;
    }

    Optional<J> find() {
        return Optional.ofNullable(current);
    }

    /** Takes note of what was joined; does nothing when it is known. */
    void attach(J joined) {
        synchronized (listeners) {
            if (current != joined) {
                current = joined;
                listeners.forEach(listening -> listening.attach(joined));
            }
        }
    }

    /** Forgets what was joined with a client that is closed. */
    void detach() {
        synchronized (listeners) {
            current = null;
            listeners.forEach(Listening::detach);
        }
    }

    Registration addListener(L listener) {
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

    /** A listener, and its registration with what was joined. */
    private final class Listening {

        private final L listener;
        private @Nullable Registration registration;

        private Listening(L listener) {
            this.listener = listener;
        }

        private void attach(J joined) {
            registration = register.apply(joined, listener);
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
