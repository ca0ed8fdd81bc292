package io.github.dbleases.internal.client;

import java.util.Optional;
import java.util.function.Function;

/**
 * A request to the store. After an attempt, exactly one of {@link #done} and {@link #failed} is called. If {@code done}
 * throws, {@code failed} is called as well, and if that throws too, the request is prepared and attempted again a
 * little later.
 *
 * @param <C> the channel on which it is made
 * @param <T> the answer
 */
interface Request<C, T> {

    /** Called right before the attempt. Returns the call to make, or empty if the request is no longer wanted. */
    Optional<Function<C, T>> prepare();

    /** Handles the answer. */
    void done(T answer);

    /** Handles a failed attempt. */
    void failed(RuntimeException failure);
}
