package io.github.dbleases.test;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The session that fakes share: its trust, its time, and its tokens, which only grow. */
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

    /** Uses a chosen token, which must be larger than the last one. */
    void takeToken(long token) {
        long last = lastToken.getAndAccumulate(token, Math::max);
        if (token <= last) {
            throw new IllegalArgumentException(
                    "Token %d is not larger than the last token, %d. Tokens only grow: pass a larger one, or none."
                            .formatted(token, last));
        }
    }

    void add(FakeLease lease) {
        leases.add(lease);
    }

    void remove(FakeLease lease) {
        leases.remove(lease);
    }

    /** Ends or restores the trust, and calls the listeners of all leases. */
    void setTrusted(boolean next) {
        trusted = next;
        leases.forEach(FakeLease::tellListeners);
    }

    /** Ends the session and revokes all its grants for good. No new session starts yet. */
    void expire() {
        trusted = false;
        leases.forEach(FakeLease::dropAll);
    }

    /** Ends the session and starts a new one. */
    void lose() {
        expire();
        id.addAndGet(2);
        trusted = true;
    }
}
