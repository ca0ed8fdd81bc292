package io.github.dbleases.keyvalue;

import io.github.dbleases.spi.Incarnation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What the channels of one store share: the backend, their knowledge of its content, and the clock. */
final class Storage {

    private static final Incarnation INCARNATION = new Incarnation("key-value", 1);

    private final KeyValueBackend backend;
    private final Host host;
    private final Sessions sessions;
    private final Leases leases = new Leases();
    private final long startNanos;
    private final Instant start;

    Storage(KeyValueBackend backend, Host host) {
        this.backend = backend;
        this.host = host;
        this.sessions = new Sessions(host);
        this.startNanos = host.nanoTime();
        this.start = host.wallTime();
    }

    Host host() {
        return host;
    }

    Sessions sessions() {
        return sessions;
    }

    Leases leases() {
        return leases;
    }

    Attempt attempt(Duration budget) {
        return new Attempt(backend, host, budget);
    }

    /** Storage that was restored from a copy can't be recognized, so there is only one incarnation. */
    Incarnation incarnation() {
        return INCARNATION;
    }

    /** The time by the monotonic clock, so that clients never see the store's clock jump. */
    Instant steadyTime() {
        return start.plusNanos(host.nanoTime() - startNanos);
    }

    /** The time by the wall clock, for tokens and for display. */
    Instant wallTime() {
        return host.wallTime().truncatedTo(ChronoUnit.MICROS);
    }

    /** Returns a number that changes whenever a lease changes, or a session is asked to stand by or to take part again. */
    static long inbox(Map<String, String> listed) {
        long hash = 1;
        for (Map.Entry<String, String> document : listed.entrySet()) {
            String key = document.getKey();
            if (key.startsWith(LeaseDocument.prefix()) || key.startsWith(DrainDocument.prefix())) {
                hash += mix(hash(document.getKey()) ^ mix(hash(document.getValue())));
            }
        }
        return hash;
    }

    private static long hash(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    /** The finalizer of SplitMix64: one bit of difference makes half of the bits differ. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
