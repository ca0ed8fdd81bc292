package io.github.dbleases.client;

import io.github.dbleases.client.SimProcess.OpenHold;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What holds at every instant: no partition is trusted by two clients, and the tokens under which it is trusted grow. A
 * partition counts as trusted where it is in the view, and where it is held and the hold says so.
 */
final class SimInvariants {

    private final SimWorld world;
    private final Map<String, Claim> highest = new HashMap<>();
    private final Map<String, Claim> present = new HashMap<>();

    SimInvariants(SimWorld world) {
        this.world = world;
    }

    void check(Collection<SimProcess> processes) {
        present.clear();
        for (SimProcess process : processes) {
            if (!process.environment().isPaused()) {
                process.leases().forEach(lease -> checkView(process, lease));
                process.holds().stream()
                        .filter(open -> open.hold().isTrusted())
                        .forEach(open -> checkHold(process, open));
            }
        }
    }

    private void checkView(SimProcess process, JoinedLease lease) {
        for (int partition : lease.values().toIntArray()) {
            claim(
                    process,
                    lease.name() + "/" + partition,
                    lease.token(partition).orElseThrow());
        }
    }

    private void checkHold(SimProcess process, OpenHold open) {
        claim(process, open.lease() + "/" + open.hold().partition(), open.hold().token());
    }

    private void claim(SimProcess process, String partition, long token) {
        Claim claim = new Claim(process.name(), token);
        Claim other = present.putIfAbsent(partition, claim);
        if (other != null && !other.process.equals(claim.process)) {
            world.violation("%s is trusted by %s and by %s".formatted(partition, other, claim));
        }
        Claim before = highest.put(partition, claim);
        if (before != null && (before.token > token || before.token == token && !before.equals(claim))) {
            world.violation("the token of %s went from %s to %s".formatted(partition, before, claim));
        }
    }

    /** A process trusts a partition under a token. */
    private record Claim(String process, long token) {}
}
