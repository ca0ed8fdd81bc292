package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The storage as used by one call of a channel. It sends no requests after the time budget of the call. */
final class Attempt implements KeyValueBackend {

    private final KeyValueBackend backend;
    private final Host host;
    private final Duration budget;
    private final long startNanos;

    Attempt(KeyValueBackend backend, Host host, Duration budget) {
        this.backend = backend;
        this.host = host;
        this.budget = budget;
        this.startNanos = host.nanoTime();
    }

    private Duration rest() {
        return budget.minusNanos(host.nanoTime() - startNanos);
    }

    private KeyValueBackend backend() {
        if (Thread.currentThread().isInterrupted() || rest().isNegative()) {
            throw new StoreUnavailableException("The storage did not answer within %d ms".formatted(budget.toMillis()));
        }
        return backend;
    }

    /** Waits for a time. */
    void pause(Duration time) {
        try {
            host.pause(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("The call was interrupted", interrupted);
        }
    }

    @Override
    public Optional<Document> get(String key) {
        return backend().get(key);
    }

    @Override
    public Optional<String> put(String key, String content, @Nullable String ifVersion) {
        return backend().put(key, content, ifVersion);
    }

    @Override
    public boolean delete(String key, String ifVersion) {
        return backend().delete(key, ifVersion);
    }

    @Override
    public Map<String, String> list(String prefix) {
        return backend().list(prefix);
    }

    @Override
    public String place(String key) {
        return backend.place(key);
    }
}
