package io.github.dbleases.internal.rows;

import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A partition.
 *
 * @param number its number
 * @param owner the session that owns it, or {@link Snapshot#NO_SESSION}
 * @param pending the session that the owner should hand it over to, or {@link Snapshot#NO_SESSION}
 * @param token its fencing token
 * @param since when it got its owner
 */
public record PartitionRow(int number, long owner, long pending, long token, Instant since) {

    Snapshot.Partition read(SessionRows sessions) {
        return new Snapshot.Partition(number, owner, sessions.isLive(owner), pending, token);
    }

    boolean isAsRead(Snapshot.Partition before) {
        return owner == before.owner() && pending == before.pending() && token == before.token();
    }

    PartitionRow changed(Change change, Instant now, long tokenFloor) {
        if (change instanceof Grant grant) {
            return new PartitionRow(number, grant.to(), Snapshot.NO_SESSION, newToken(grant, now, tokenFloor), now);
        } else if (change instanceof Move move) {
            return new PartitionRow(number, owner, move.to(), token, since);
        } else if (change instanceof Withdraw) {
            return new PartitionRow(number, owner, Snapshot.NO_SESSION, token, since);
        } else if (change instanceof Vacate) {
            return new PartitionRow(number, Snapshot.NO_SESSION, Snapshot.NO_SESSION, token, now);
        }
        throw new IllegalArgumentException("Unknown change " + change);
    }

    private long newToken(Grant grant, Instant now, long tokenFloor) {
        long exceeded = Math.max(tokenFloor, Math.max(token, grant.above()));
        return Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, now), exceeded + 1);
    }
}
