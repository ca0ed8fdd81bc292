package io.github.dbleases.keyvalue;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * The document that asks a session to stand by. It says all by being there: it is written by any client, and the session's
 * own document only by its own. A document whose session is gone has no effect.
 */
final class DrainDocument {

    private static final String PREFIX = "drained/";
    private static final String TEXT = "drained\n";

    private DrainDocument() {}

    static String key(long session) {
        return PREFIX + session;
    }

    /** Returns the key prefix of all these documents. */
    static String prefix() {
        return PREFIX;
    }

    /** Returns whether a session is asked to stand by. */
    static boolean isListed(Map<String, String> listed, long session) {
        return listed.containsKey(key(session));
    }

    /** Asks a session to stand by, or withdraws that. */
    static void write(KeyValueBackend backend, long session, boolean drained) {
        if (drained) {
            // If it is there already, it is not written again.
            backend.put(key(session), TEXT, null);
        } else {
            delete(backend, key(session));
        }
    }

    private static void delete(KeyValueBackend backend, String key) {
        boolean gone = false;
        while (!gone) {
            gone = backend.get(key)
                    .map(document -> backend.delete(key, document.version()))
                    .orElse(true);
        }
    }

    /** Deletes the documents of sessions that are gone, which a client left behind that stopped half-way. */
    static void deleteUnused(KeyValueBackend backend, LongPredicate isLive) {
        backend.list(PREFIX)
                .keySet()
                .forEach(key -> session(key)
                        .filter(session -> !isLive.test(session))
                        .ifPresent(session -> delete(backend, key)));
    }

    private static Optional<Long> session(String key) {
        String id = key.substring(PREFIX.length());
        return id.matches("[1-9][0-9]{0,15}") ? Optional.of(Long.valueOf(id)) : Optional.empty();
    }
}
