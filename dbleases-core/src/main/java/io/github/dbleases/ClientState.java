package io.github.dbleases;

/** What a {@link LeaseClient} can do at this moment. */
public enum ClientState {

    /** No session has been opened yet; the client owns nothing and goes on trying. */
    STARTING,

    /** The session is trusted: what the client was granted is its own until the trust deadline. */
    ACTIVE,

    /** The trust deadline has passed or the session is over; the client owns nothing and goes on trying. */
    FENCED,

    /** The client has been closed; it owns nothing and does nothing any more. */
    CLOSED
}
