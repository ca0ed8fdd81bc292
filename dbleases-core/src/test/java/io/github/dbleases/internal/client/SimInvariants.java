package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.SimProcess.OpenHold;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The invariants that hold at every instant. No partition is trusted by two clients, and the tokens under which it is
 * trusted grow. A partition counts as trusted if it is in the view, if a hold on it says so, or if a listener has not
 * yet returned from {@code onRevoked}. And no dead session for tasks is trusted.
 */
final class SimInvariants {

    private final SimWorld world;
    private final Map<String, Claim> highest = new HashMap<>();
    private final Map<String, Claim> present = new HashMap<>();
    private final Map<SimProcess, List<Object>> checked = new IdentityHashMap<>();

    SimInvariants(SimWorld world) {
        this.world = world;
    }

    /**
     * Checks what the processes trust, if something was done in one of them that changed what it trusts. Without that, a
     * process only ceases to trust something, because time passes.
     */
    void check(Collection<SimProcess> processes) {
        boolean same = true;
        for (SimProcess process : processes) {
            if (!world.deadSessions().isEmpty() && !process.environment().isPaused()) {
                process.taskListeners().forEach(this::checkSession);
            }
            if (process.environment().wasTouched()) {
                same &= isSame(trustedBy(process), checked.getOrDefault(process, List.of()));
            }
        }
        if (!same) {
            processes.forEach(process -> checked.put(process, trustedBy(process)));
            checkAll(processes);
        }
    }

    private static List<Object> trustedBy(SimProcess process) {
        if (process.environment().isPaused()) {
            return List.of();
        }
        List<Object> trusted = new ArrayList<>();
        process.everJoined().forEach(lease -> trusted.add(lease.values()));
        process.listeners().forEach(listener -> trusted.add(listener.started()));
        process.holds().forEach(open -> trusted.add(open.hold().isTrusted() ? open : ""));
        return trusted;
    }

    /** Others may have taken the tasks of a dead session. */
    private void checkSession(SimTaskListener listener) {
        OptionalLong session = listener.taskSession().id();
        if (!world.mayTrustTheDead()
                && session.isPresent()
                && world.deadSessions().contains(session.getAsLong())) {
            world.violation("%s is trusted and dead: %s".formatted(listener.taskSession(), session));
        }
    }

    private static boolean isSame(List<Object> some, List<Object> others) {
        boolean same = some.size() == others.size();
        for (int i = 0; same && i < some.size(); i++) {
            same = some.get(i) == others.get(i);
        }
        return same;
    }

    private void checkAll(Collection<SimProcess> processes) {
        present.clear();
        for (SimProcess process : processes) {
            if (!process.environment().isPaused()) {
                process.everJoined().forEach(lease -> checkView(process, lease));
                process.holds().stream()
                        .filter(open -> open.hold().isTrusted())
                        .forEach(open -> checkHold(process, open));
                process.listeners().forEach(listener -> checkWork(process, listener));
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

    private void checkWork(SimProcess process, SimListener listener) {
        if (process.engine().keeper().trust().holds(process.environment())) {
            listener.started()
                    .intStream()
                    .filter(listener::isProtected)
                    .forEach(partition ->
                            occupy(listener.lease().name() + "/" + partition, new Claim(process.name(), 0)));
        }
    }

    private void occupy(String partition, Claim claim) {
        Claim other = present.putIfAbsent(partition, claim);
        if (other != null && !other.process.equals(claim.process)) {
            world.violation("%s is trusted by %s and by %s".formatted(partition, other, claim));
        }
    }

    private void claim(SimProcess process, String partition, long token) {
        Claim claim = new Claim(process.name(), token);
        occupy(partition, claim);
        Claim before = highest.put(partition, claim);
        if (before != null && (before.token > token || before.token == token && !before.equals(claim))) {
            world.violation("the token of %s went from %s to %s".formatted(partition, before, claim));
        }
    }

    /** A partition that a process trusts under a token, or under 0 if only a listener is still working on it. */
    private record Claim(String process, long token) {}
}
