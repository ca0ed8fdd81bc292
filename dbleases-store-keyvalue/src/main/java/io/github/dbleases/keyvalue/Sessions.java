package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnusableException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what one store has seen of the sessions: since when, by its own monotonic clock, each document has had its
 * current version. A session is live while it has a document. It has expired if its document has not been written for
 * its TTL.
 *
 * <p>The time counts from when the version was seen, not from when it was written. Slow storage or a slow process
 * therefore never makes a session expire too early.
 */
final class Sessions {

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    private final Host host;
    private final Map<Long, Seen> seen = new ConcurrentHashMap<>();

    Sessions(Host host) {
        this.host = host;
    }

    /**
     * A session.
     *
     * @param document its document as first read; later changes don't matter here
     * @param version the current version of its document
     * @param sinceNanos when this store saw that version
     */
    record Seen(long id, SessionDocument document, String version, long sinceNanos) {

        /** Returns the time until it expires, negative if it has expired. */
        Duration expiresIn(long nowNanos) {
            return document.ttl().minusNanos(nowNanos - sinceNanos);
        }
    }

    /** Returns what was last seen of a session. Empty if it was not live then. */
    Optional<Seen> last(long session) {
        return Optional.ofNullable(seen.get(session));
    }

    void forget(long session) {
        seen.remove(session);
    }

    /** Records a list of the keys of all sessions, and returns the live sessions. */
    Roster observe(KeyValueBackend backend, Map<String, String> listed) {
        long nowNanos = host.nanoTime();
        SortedMap<Long, Seen> live = new TreeMap<>();
        listed.forEach((key, version) -> SessionDocument.session(key)
                .flatMap(session -> observe(backend, session, version, nowNanos))
                .ifPresent(found -> live.put(found.id(), found)));
        seen.keySet().retainAll(live.keySet());
        return new Roster(live, nowNanos);
    }

    private Optional<Seen> observe(KeyValueBackend backend, long session, String version, long nowNanos) {
        Seen before = seen.get(session);
        if (before != null && before.version().equals(version)) {
            return Optional.of(before);
        }
        if (before == null || before.document().equals(SessionDocument.UNREADABLE)) {
            return read(backend, session, version);
        }
        Seen renewed = new Seen(session, before.document(), version, nowNanos);
        seen.put(session, renewed);
        return Optional.of(renewed);
    }

    /** Reads a listed document. A document that cannot be read still counts as a session. */
    private Optional<Seen> read(KeyValueBackend backend, long session, String version) {
        try {
            return find(backend, session);
        } catch (StoreUnusableException damaged) {
            log.warn(
                    "The document of session {} cannot be read, so the session counts as live for a day unless its client"
                            + " writes it again. If the client is gone, delete the document. {}",
                    session,
                    damaged.getMessage());
            Seen unreadable = new Seen(session, SessionDocument.UNREADABLE, version, host.nanoTime());
            seen.put(session, unreadable);
            return Optional.of(unreadable);
        }
    }

    /**
     * Reads the document of a session.
     *
     * @throws StoreUnusableException if it cannot be read
     */
    Optional<Seen> find(KeyValueBackend backend, long session) {
        String key = SessionDocument.key(session);
        Optional<Seen> found = backend.get(key)
                .map(document -> new Seen(
                        session,
                        Lines.parse(backend.place(key), document.content(), SessionDocument::parse),
                        document.version(),
                        host.nanoTime()));
        found.ifPresent(now -> seen.put(session, now));
        return found;
    }
}
