package io.github.dbleases.store;

/**
 * One life of a store. After a change of it, commits that were acknowledged before may be gone.
 *
 * @param system which store it is
 * @param timeline which of its lives
 */
public record Incarnation(String system, long timeline) {}
