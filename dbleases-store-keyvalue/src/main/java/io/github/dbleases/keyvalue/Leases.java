package io.github.dbleases.keyvalue;

import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Reads and writes leases. A cache saves reading or parsing a document again that has not changed. */
final class Leases {

    private final Map<String, Stored> cache = new ConcurrentHashMap<>();

    /**
     * A lease and the version of its document.
     *
     * @param version the version
     * @param row the lease
     */
    record Stored(String version, LeaseRow row) {}

    /** Reads a lease. Empty if it does not exist. */
    Optional<Stored> read(KeyValueBackend backend, String name) {
        String key = LeaseDocument.key(name);
        Optional<Stored> stored = backend.get(key).map(document -> stored(backend, key, document));
        stored.ifPresentOrElse(found -> cache.put(name, found), () -> cache.remove(name));
        return stored;
    }

    private Stored stored(KeyValueBackend backend, String key, Document document) {
        Stored known = cache.get(LeaseDocument.name(key));
        return known != null && known.version.equals(document.version())
                ? known
                : new Stored(
                        document.version(), Lines.parse(backend.place(key), document.content(), LeaseDocument::parse));
    }

    /** Reads the listed leases, by name. */
    SortedMap<String, LeaseRow> readAll(KeyValueBackend backend, Map<String, String> listed) {
        SortedMap<String, LeaseRow> leases = new TreeMap<>();
        listed.forEach((key, version) -> {
            if (key.startsWith(LeaseDocument.prefix())) {
                String name = LeaseDocument.name(key);
                Stored known = cache.get(name);
                Optional<Stored> stored =
                        known != null && known.version.equals(version) ? Optional.of(known) : read(backend, name);
                stored.ifPresent(found -> leases.put(name, found.row));
            }
        });
        return leases;
    }

    /**
     * Writes a lease if it is still as it was read.
     *
     * @return whether it was written
     */
    boolean write(KeyValueBackend backend, String name, Optional<Stored> before, LeaseRow row) {
        Optional<String> version = backend.put(
                LeaseDocument.key(name),
                LeaseDocument.text(row),
                before.map(Stored::version).orElse(null));
        version.ifPresent(written -> cache.put(name, new Stored(written, row)));
        return version.isPresent();
    }
}
