package io.github.dbleases.keyvalue;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A storage of small text documents under keys, each with a version that differs after every write, also after the document was
 * deleted and written anew. Reads see every write that was acknowledged before they began.
 *
 * <p>Keys are at most 700 characters of letters, digits and {@code . _ - : /}, and two of them differ if a letter is large
 * in one and small in the other; documents are small (up to a few hundred kilobytes). May be used by any number of
 * threads. A call that is interrupted ends as soon as it can.
 *
 * <p>Nothing is asked of a backend that concerns more than one document: a store that ends between
 * two writes leaves the first of them written, and whatever reads it next does the rest.
 *
 * <p>Every method throws {@link io.github.dbleases.StoreUnavailableException} when the storage does not answer, which
 * leaves open whether a write had its effect, and {@link io.github.dbleases.StoreUnusableException} when it answers that
 * it cannot be used as it is set up.
 */
public interface KeyValueBackend {

    /** Reads a document, or empty if there is none. */
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

    /** Returns the versions of all documents whose keys start with a prefix, by key. The empty prefix is that of all. */
    Map<String, String> list(String prefix);

    /** Returns where people find a document, for messages: the name of its file, the address of its object. */
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
