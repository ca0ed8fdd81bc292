package io.github.dbleases;

/**
 * Is told what happens to a client: of all its leases and leaderships, and of its session. The calls for one lease come in
 * order, as do those for the session; the calls for different leases may overlap. They never come on the heartbeat thread;
 * an exception is logged and changes nothing.
 */
@FunctionalInterface
public interface LeaseEventListener {

    void onEvent(LeaseEvent event);
}
