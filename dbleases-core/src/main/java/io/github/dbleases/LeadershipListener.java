package io.github.dbleases;

/**
 * Is told when a client comes to lead and when it leads no more. The calls alternate, {@code onElected} first, and each
 * {@code onElected} is followed by exactly one {@code onOusted}, also when the client is closed.
 *
 * <p>The calls to one listener come one after the other, never on the heartbeat thread; a slow listener delays only
 * itself and the hand-over of the leadership that it is told to give up. An exception is logged and changes nothing.
 */
public interface LeadershipListener {

    /**
     * Called after the client has come to lead, or leads again after its trust had lapsed.
     *
     * @param token the fencing token
     */
    default void onElected(long token) {}

    /** Called after the client has ceased to lead: work must end before this method returns. */
    default void onOusted() {}

    /**
     * Called when the client cannot reach the store or cannot become a candidate, once until it has succeeded again. The
     * client goes on trying, and leads until its trust deadline passes.
     */
    default void onError(Exception error) {}
}
