package io.github.dbleases;

/**
 * Called when a client becomes the leader and when it stops leading. The calls alternate, beginning with
 * {@code onElected}, and each {@code onElected} is followed by exactly one {@code onOusted}, also when the client stops.
 *
 * <p>A listener is called by one thread at a time, and never by the heartbeat thread. A slow listener delays only itself and
 * the hand-over of its leadership. Exceptions are logged and have no other effect.
 */
public interface LeadershipListener {

    /**
     * Called after the client was elected, or leads again after it was suspended.
     *
     * @param token the fencing token
     */
    default void onElected(long token) {}

    /** Called after the client has stopped leading. Work must end before this method returns. */
    default void onOusted() {}

    /**
     * Called if the client cannot reach the store or cannot become a candidate, and not again until it has succeeded in
     * between. The client keeps trying, and leads until its trust deadline passes.
     */
    default void onError(Exception error) {}
}
