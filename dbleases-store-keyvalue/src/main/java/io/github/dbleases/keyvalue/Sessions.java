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
 * What one store has seen of the sessions: since when, by its own monotonic clock, each document has had its current version.
 * A session is live while it has a document. It has expired if its document was not written for its TTL.
 *
 * <p>The time begins when the version was seen, not when it was written. A slow storage or a slow process therefore never makes
 * a session expire too early.
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
     * @param document its document as it was read first; what changes in it later is of no concern here
     * @param version the version that its document has had since a time
     */
    record Seen(long id, SessionDocument document, String version, long sinceNanos) {

        /** Returns the time until it expires, negative when it has expired. */
        Duration expiresIn(long nowNanos) {
            return document.ttl().minusNanos(nowNanos - sinceNanos);
        }
    }

    /** Returns what was seen of a session, if it was live when it was looked for last. */
    Optional<Seen> last(long session) {
        return Optional.ofNullable(seen.get(session));
    }

    void forget(long session) {
        seen.remove(session);
    }

    /** Takes note of a list that has the keys of all sessions, and returns the sessions that it shows. */
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

    /** Reads a document that was listed; one that cannot be read is that of a session nonetheless. */
    private Optional<Seen> read(KeyValueBackend backend, long session, String version) {
        try {
            return find(backend, session);
        } catch (StoreUnusableException damaged) {
            log.warn(
                    "The document of session {} cannot be read, so the session counts as live for a day, unless its client"
                            + " writes it again. If the client is gone, delete the document. {}",
                    session,
                    damaged.getMessage());
            Seen unreadable = new Seen(session, SessionDocument.UNREADABLE, version, host.nanoTime());
            seen.put(session, unreadable);
            return Optional.of(unreadable);
        }
    }

    /**
     * Looks for the document of a session.
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
