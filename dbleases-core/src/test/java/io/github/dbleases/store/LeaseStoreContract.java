package io.github.dbleases.store;

/**
 * The contract of {@link LeaseStore}: every store passes these tests, those for tests included, so that none of them
 * behaves otherwise than the database. A subclass says how to come to an empty store and how to let time pass.
 */
public abstract class LeaseStoreContract extends LeaseTransactionContract {}
