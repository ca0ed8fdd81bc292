package io.github.dbleases.client;

import io.github.dbleases.PartitionSet;
import io.github.dbleases.Registration;
import java.util.concurrent.Executor;

/** Tells the listeners of a lease what is owned of it, once each. Used under the monitor. */
final class Listeners {

    private final Audience<OwnershipListener> audience;
    private PartitionSet told = PartitionSet.empty();

    Listeners(Executor executor) {
        this.audience = new Audience<>(executor);
    }

    /**
     * Adds a listener, which is told first what the others have been told.
     *
     * @param grants what is owned
     */
    Registration add(OwnershipListener listener, Grants grants) {
        PartitionSet partitions = told;
        return partitions.isEmpty()
                ? audience.add(listener)
                : audience.add(listener, to -> to.assigned(partitions, grants));
    }

    /** Tells of those of the partitions that are owned of which the listeners have not been told. */
    void assigned(Grants grants) {
        PartitionSet news = grants.partitions().minus(told);
        told = told.plus(news);
        if (!news.isEmpty()) {
            audience.tell(listener -> listener.assigned(news, grants));
        }
    }

    void revoked(PartitionSet partitions) {
        PartitionSet gone = told.minus(told.minus(partitions));
        told = told.minus(gone);
        if (!gone.isEmpty()) {
            audience.tell(listener -> listener.revoked(gone));
        }
    }

    void revokeAll() {
        revoked(told);
    }

    void failed(Exception error) {
        audience.tell(listener -> listener.failed(error));
    }

    /** Runs an action after every listener has returned from what it has been told so far; at once if there is none. */
    void afterwards(Runnable action) {
        audience.afterwards(action);
    }
}
