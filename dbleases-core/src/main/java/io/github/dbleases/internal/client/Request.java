package io.github.dbleases.internal.client;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something to ask of the store. Exactly one of {@link #done} and {@link #failed} follows an attempt; but if {@code done}
 * throws, {@code failed} follows as well, and if that throws too, the request is prepared and attempted again a little later.
 *
 * @param <T> the answer
 */
interface Request<T> {

    /** Returns what to call on the store, right before it is called; empty if the request is no longer wanted. */
    Optional<Supplier<T>> prepare();

    /** Takes the answer. */
    void done(T answer);

    /** Is told that there was no answer. */
    void failed(RuntimeException failure);
}
