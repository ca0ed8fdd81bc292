package io.github.dbleases;

/**
 * Called for everything that happens to a client: to its leases, its leaderships and its session. The events of one lease
 * are in order, and so are those of the session. Calls for different leases may overlap. The heartbeat thread never makes
 * these calls. Exceptions are logged and have no other effect.
 */
@FunctionalInterface
public interface LeaseEventListener {

    void onEvent(LeaseEvent event);
}
