package io.github.dbleases.keyvalue;

import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.internal.rows.TransactionRows;
import io.github.dbleases.keyvalue.Leases.Stored;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a transaction has read and will write. It reads the documents of the leases before those of the sessions. A
 * session that a lease names existed when the lease was written, so it is dead if it has no document.
 */
final class KeyValueRows implements TransactionRows {

    private final Storage storage;
    private final KeyValueBackend backend;
    private final SortedMap<String, Optional<Stored>> before = new TreeMap<>();
    private final Map<String, LeaseRow> leases = new HashMap<>();
    private final SortedMap<Long, Boolean> drained = new TreeMap<>();
    private final SortedSet<Long> ended = new TreeSet<>();
    private final LiveSessions sessions;

    KeyValueRows(Storage storage, KeyValueBackend backend, SortedSet<String> names) {
        this.storage = storage;
        this.backend = backend;
        for (String name : names) {
            Optional<Stored> stored = storage.leases().read(backend, name);
            before.put(name, stored);
            stored.ifPresent(found -> leases.put(name, found.row()));
        }
        this.sessions = new LiveSessions(storage, backend);
    }

    @Override
    public int leaderships(long session) {
        SortedMap<String, LeaseRow> all = sessions.leases();
        all.putAll(leases);
        return all.values().stream()
                .mapToInt(lease -> lease.leaderships(session))
                .sum();
    }

    /**
     * Writes the changes: leases by name, then requests to stand by, then the ends of sessions. If the client stops in
     * between, each lease is still consistent, and the session is either still live or will expire.
     *
     * @return whether everything was written; otherwise another client has written a lease in the meantime
     */
    boolean write() {
        for (Map.Entry<String, Optional<Stored>> lease : before.entrySet()) {
            LeaseRow row = leases.get(lease.getKey());
            Optional<Stored> read = lease.getValue();
            if (row != null
                    && !read.map(Stored::row).equals(Optional.of(row))
                    && !storage.leases().write(backend, lease.getKey(), read, row)) {
                return false;
            }
        }
        drained.forEach((session, asked) -> DrainDocument.write(backend, session, asked));
        if (!drained.isEmpty()) {
            DrainDocument.deleteUnused(backend, sessions::isLive);
        }
        ended.forEach(this::delete);
        return true;
    }

    private void delete(long session) {
        String key = SessionDocument.key(session);
        boolean gone = false;
        while (!gone) {
            gone = backend.get(key)
                    .map(document -> backend.delete(key, document.version()))
                    .orElse(true);
        }
        if (sessions.isDrained(session)) {
            DrainDocument.write(backend, session, false);
        }
        storage.sessions().forget(session);
    }

    @Override
    public Map<String, LeaseRow> leases() {
        return leases;
    }

    @Override
    public boolean isLive(long session) {
        return !ended.contains(session) && sessions.isLive(session);
    }

    @Override
    public int weight(long session) {
        return sessions.weight(session);
    }

    /**
     * Uses what this store has seen, or the time that the session's client last wrote. A process that has just started
     * has not seen anything yet. It asks this only to decide whether to wait until it may mark the session dead.
     */
    @Override
    public boolean isExpired(long session) {
        return !isLive(session) || sessions.isExpired(session);
    }

    @Override
    public void setDrained(long session, boolean asked) {
        if (isLive(session)) {
            drained.put(session, asked);
        }
    }

    @Override
    public void end(long session) {
        ended.add(session);
    }

    @Override
    public Instant now() {
        return sessions.now();
    }

    /** This store never forgets a token, so new tokens need no floor. */
    @Override
    public long tokenFloor() {
        return 0;
    }
}
