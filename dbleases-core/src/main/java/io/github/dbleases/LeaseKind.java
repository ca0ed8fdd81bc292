package io.github.dbleases;

import java.util.Locale;

/** What a lease is used for. All kinds share one namespace of lease names. */
public enum LeaseKind {

    /** Partitions that are spread over the live clients. */
    PARTITIONS,

    /** A leader election: a lease of one partition. */
    LEADER,

    /** The sessions of a task runner: members without partitions. */
    TASKS;

    /** Returns the name of this kind in the database and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the kind with a name, as {@link #word()} returns it.
     *
     * @throws IllegalArgumentException if there is no such kind
     */
    public static LeaseKind ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
