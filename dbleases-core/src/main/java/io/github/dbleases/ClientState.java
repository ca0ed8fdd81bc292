package io.github.dbleases;

/** What a {@link LeaseClient} can do at this moment. */
public enum ClientState {

    /** The client was not started, or was stopped. It owns nothing and does nothing until it is started. */
    STOPPED,

    /** The client was started and has not opened a session yet. It owns nothing, and keeps trying. */
    STARTING,

    /** The client trusts its session: it owns what it was granted, until the trust deadline. */
    ACTIVE,

    /** The trust deadline has passed, or the session is over. The client owns nothing, and keeps trying. */
    SUSPENDED,

    /** The client is closed. It owns nothing, and has no session. */
    CLOSED
}
