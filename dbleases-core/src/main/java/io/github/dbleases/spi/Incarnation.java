package io.github.dbleases.spi;

/**
 * One life of a store, such as the time between two failovers of a database. A new incarnation may lack commits that
 * the previous one acknowledged.
 *
 * @param system identifies the store
 * @param timeline the store's number for this life
 * @param nonce a random value, stored when a client first sees this life. It distinguishes lives with the same
 *     number, for example those of two standbys that are promoted one after the other without knowing about each
 *     other. Empty if the store never repeats a number
 */
public record Incarnation(String system, long timeline, String nonce) {

    /** Creates an incarnation of a store that never repeats a number. */
    public Incarnation(String system, long timeline) {
        this(system, timeline, "");
    }
}
