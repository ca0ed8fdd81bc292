package io.github.dbleases.memory;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.time.Clock;

/**
 * A store in the memory of one Java process, for tests. Clients that are started on the same instance share work in the
 * same way as the clients of several processes do on a database.
 */
public final class InMemoryLeaseStore implements LeaseStore {

    private final MemoryTables tables;

    /** Creates an empty store that uses the system clock. */
    public InMemoryLeaseStore() {
        this(Clock.systemUTC());
    }

    /** Creates an empty store that uses the given clock. */
    public InMemoryLeaseStore(Clock clock) {
        this.tables = new MemoryTables(clock);
    }

    @Override
    public HeartbeatChannel heartbeatChannel(Timing timing) {
        return new MemoryHeartbeatChannel(tables, timing);
    }

    @Override
    public WorkChannel workChannel(Timing timing) {
        return new MemoryWorkChannel(tables, timing);
    }

    /** Returns a copy of everything that is stored now, as a standby would have it. */
    public Backup backup() {
        return tables.exclusively(() -> new Backup(tables.content()));
    }

    /**
     * Fails over to a standby, which may lag. Everything that was committed after the backup is gone. The store has a
     * new incarnation with a new timeline.
     */
    public void failOver(Backup standby) {
        failOver(standby, false);
    }

    /**
     * Fails over to a standby that does not know of any failover since the backup. It takes the timeline after the one
     * that it followed, which other standbys may have used before. The store still has a new incarnation.
     */
    public void failOverUnaware(Backup standby) {
        failOver(standby, true);
    }

    private void failOver(Backup standby, boolean repeatsTimeline) {
        tables.exclusively(() -> {
            tables.failOver(standby.content, repeatsTimeline);
            return null;
        });
    }

    /** A copy of everything that was stored at one time. */
    public static final class Backup {

        private final Content content;

        private Backup(Content content) {
            this.content = content;
        }
    }
}
