package io.github.dbleases.keyvalue;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores small text documents under keys. Each write gives a document a version that it never had before, even if the
 * document was deleted in between. Reads see every write that was acknowledged before they began.
 *
 * <p>Keys are at most 700 characters of letters, digits and {@code . _ - : /}, and are case-sensitive. Documents have up to a few
 * hundred kilobytes. Any number of threads may use a backend. An interrupted call ends as soon as it can.
 *
 * <p>No operation involves more than one document. If a store stops between two writes, the first one remains, and the next
 * reader completes the work.
 *
 * <p>Every method throws {@link io.github.dbleases.StoreUnavailableException} if the storage does not answer, in which case a
 * write may have taken effect, and {@link io.github.dbleases.StoreUnusableException} if it answers that it cannot be used with
 * its current setup.
 */
public interface KeyValueBackend {

    /** Reads a document. Empty if there is none. */
    Optional<Document> get(String key);

    /**
     * Writes a document if it still has a version.
     *
     * @param ifVersion the version that it must have, or null if there must be no document
     * @return its new version, or empty if the condition does not hold and nothing was written
     */
    Optional<String> put(String key, String content, @Nullable String ifVersion);

    /**
     * Deletes a document if it still has a version.
     *
     * @return whether it was deleted
     */
    boolean delete(String key, String ifVersion);

    /** Returns the versions of all documents whose keys start with a prefix, by key. The empty prefix matches all keys. */
    Map<String, String> list(String prefix);

    /** Returns the location of a document for messages, such as the name of its file or the address of its object. */
    default String place(String key) {
        return key;
    }

    /**
     * A document.
     *
     * @param content its text
     * @param version its version
     */
    record Document(String content, String version) {}
}
