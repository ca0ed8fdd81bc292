package io.github.dbleases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store answers but cannot be used, because a table or a permission is missing, or because it is the wrong
 * database. Retrying does not help until a person has changed that.
 */
public final class StoreUnusableException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param problem what is wrong, in complete sentences
     * @param remedy what to change, in complete sentences
     * @param settings the settings that the remedy mentions, by the names that they have in their builder or record
     */
    public StoreUnusableException(String problem, String remedy, String... settings) {
        this(problem, remedy, null, settings);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param problem what is wrong, in complete sentences
     * @param remedy what to change, in complete sentences
     * @param settings the settings that the remedy mentions, by the names that they have in their builder or record
     */
    public StoreUnusableException(String problem, String remedy, @Nullable Throwable cause, String... settings) {
        super(problem, remedy, List.of(settings), cause);
    }
}
