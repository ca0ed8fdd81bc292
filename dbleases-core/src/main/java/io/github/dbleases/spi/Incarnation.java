package io.github.dbleases.spi;

/**
 * One life of a store. When it changes, commits that were acknowledged before may be gone.
 *
 * @param system which store it is
 * @param timeline the number that the store gives to this life
 * @param nonce random, and stored when this life was first seen: two lives can have the same number when neither knows of
 *     the other, such as two standbys that are promoted one after the other. Empty in a store that never repeats a number
 */
public record Incarnation(String system, long timeline, String nonce) {

    /** Creates the incarnation of a store that never repeats a number. */
    public Incarnation(String system, long timeline) {
        this(system, timeline, "");
    }
}
