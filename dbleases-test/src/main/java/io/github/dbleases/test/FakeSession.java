package io.github.dbleases.test;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The session that fakes have in common: whether it is trusted, the time, and the tokens, which only grow. */
final class FakeSession {

    private final List<FakeLease> leases = new CopyOnWriteArrayList<>();
    private final AtomicLong lastToken = new AtomicLong();
    private final AtomicLong id = new AtomicLong(1);
    private final String clientId;
    private volatile boolean trusted = true;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    FakeSession(String clientId) {
        this.clientId = clientId;
    }

    String clientId() {
        return clientId;
    }

    long id() {
        return id.get();
    }

    boolean isTrusted() {
        return trusted;
    }

    Instant now() {
        return now;
    }

    void setNow(Instant next) {
        now = next;
    }

    long nextToken() {
        return lastToken.incrementAndGet();
    }

    /** Makes a token the last one that was given out. */
    void takeToken(long token) {
        long last = lastToken.getAndAccumulate(token, Math::max);
        if (token <= last) {
            throw new IllegalArgumentException(
                    "Token %d is not larger than %d, the last one that was given out. Tokens only grow: pass a larger one, or none."
                            .formatted(token, last));
        }
    }

    void add(FakeLease lease) {
        leases.add(lease);
    }

    void remove(FakeLease lease) {
        leases.remove(lease);
    }

    /** Ends the trust or lets it return, and calls the listeners of all leases. */
    void setTrusted(boolean next) {
        trusted = next;
        leases.forEach(FakeLease::tellListeners);
    }

    /** Ends the session: everything that was granted in it is gone for good. No session follows yet. */
    void expire() {
        trusted = false;
        leases.forEach(FakeLease::dropAll);
    }

    /** Ends the session; a new one follows at once. */
    void lose() {
        expire();
        id.addAndGet(2);
        trusted = true;
    }
}
