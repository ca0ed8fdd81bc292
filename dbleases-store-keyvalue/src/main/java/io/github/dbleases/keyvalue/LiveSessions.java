package io.github.dbleases.keyvalue;

import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.internal.rows.SessionRows;
import io.github.dbleases.keyvalue.Sessions.Seen;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Finds out which sessions are live, after the leases that name them have been read. Lists are not always up to date,
 * for example those of a directory on a network file system. So a session that is missing from the list is looked up by
 * its key before it counts as dead.
 */
final class LiveSessions implements SessionRows {

    private final Storage storage;
    private final KeyValueBackend backend;
    private final Map<String, String> listed;
    private final Roster roster;
    private final Map<Long, Optional<Seen>> unlisted = new HashMap<>();

    LiveSessions(Storage storage, KeyValueBackend backend) {
        this(storage, backend, backend.list(""));
    }

    /** Uses a list of all keys. */
    LiveSessions(Storage storage, KeyValueBackend backend, Map<String, String> listed) {
        this.storage = storage;
        this.backend = backend;
        this.listed = listed;
        this.roster = storage.sessions().observe(backend, listed);
    }

    Roster roster() {
        return roster;
    }

    /** Returns whether a session is asked to stand by. */
    boolean isDrained(long session) {
        return DrainDocument.isListed(listed, session);
    }

    /** Returns all leases. They may have been read before the sessions, so they do not show which sessions are live. */
    SortedMap<String, LeaseRow> leases() {
        return storage.leases().readAll(backend, listed);
    }

    @Override
    public Instant now() {
        return storage.wallTime();
    }

    private Optional<Seen> find(long session) {
        Seen listed = roster.live().get(session);
        return listed != null
                ? Optional.of(listed)
                : unlisted.computeIfAbsent(session, id -> storage.sessions().find(backend, id));
    }

    @Override
    public boolean isLive(long session) {
        return session != Snapshot.NO_SESSION && find(session).isPresent();
    }

    @Override
    public int weight(long session) {
        return find(session).orElseThrow().document().weight();
    }

    /**
     * Returns whether a live session has expired, according to what was seen of it or to the time that its client
     * wrote.
     */
    boolean isExpired(long session) {
        boolean seen =
                find(session).orElseThrow().expiresIn(storage.host().nanoTime()).isNegative();
        return seen
                || backend.get(SessionDocument.key(session))
                        .map(document -> Lines.parse(
                                backend.place(SessionDocument.key(session)),
                                document.content(),
                                SessionDocument::parse))
                        .map(document ->
                                document.renewedAt().plus(document.ttl()).isBefore(storage.wallTime()))
                        .orElse(true);
    }
}
