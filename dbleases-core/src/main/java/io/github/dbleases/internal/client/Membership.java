package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.internal.client.Assigner.Outcome;
import io.github.dbleases.internal.client.Worker.Job;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the session a member of leases, and ends that again. */
final class Membership {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    private static final int LEASES_AT_ONCE = 50;

    private final Worker worker;
    private final SessionKeeper keeper;
    private final Leases leases;
    private final Ownership ownership;
    private final Caretaker caretaker;
    private final LeftLeases left = new LeftLeases();
    private final Map<String, String> refusals = new HashMap<>();

    Membership(Worker worker, SessionKeeper keeper, Leases leases, Ownership ownership, Caretaker caretaker) {
        this.worker = worker;
        this.keeper = keeper;
        this.leases = leases;
        this.ownership = ownership;
        this.caretaker = caretaker;
    }

    /** Joins a lease in the current session, if there is one. */
    void join(JoinedLease lease) {
        worker.submit(joining(lease));
    }

    private Job<Optional<Outcome>> joining(JoinedLease lease) {
        Job<Optional<Outcome>> job = inSession(
                "join " + lease.name(),
                lease.name(),
                () -> leases.contains(lease) && !leases.isRetired(),
                (session, assigner) -> assigner.join(session.id(), lease.spec()),
                outcome -> outcome.ifPresentOrElse(left -> joined(lease, left), () -> join(lease)));
        return job.unless(failure -> isRefused(lease, failure));
    }

    private void joined(JoinedLease lease, Outcome outcome) {
        lease.joined().complete(null);
        refusals.remove(lease.name());
        caretaker.follow(lease.name(), outcome);
        ownership.refreshThen(() -> lease.decided().complete(null));
        // A request to leave or to make way that got no reply may be executed late, after this lease was joined again.
        if (left.contains(lease.name())) {
            worker.submitInATtl(joining(lease));
            left.remove(lease.name());
        }
    }

    private boolean isRefused(JoinedLease lease, RuntimeException failure) {
        if (!(failure instanceof LeaseConflictException)) {
            return false;
        }
        CompletableFuture<Void> joined = lease.joined();
        if (!joined.isDone()) {
            // If an earlier attempt has succeeded without this client knowing, partitions may have been granted.
            ownership.loseAll(lease);
            leases.remove(lease);
            joined.completeExceptionally(failure);
        } else {
            String reason = String.valueOf(failure.getMessage());
            if (!reason.equals(refusals.put(lease.name(), reason))) {
                log.error("Cannot join lease {}, and go on trying: {}", lease.name(), reason);
                lease.portfolio().failed(failure);
            }
            left.add(lease.name());
            worker.submit(makingWay(lease));
            worker.submitInATtl(joining(lease));
        }
        return true;
    }

    /**
     * Ends what this client has of a lease that it cannot join as it wants it: a failover may have brought back the lease as
     * it was before, with this client and others as members, each of which would be in the way of the others.
     */
    private Job<Boolean> makingWay(JoinedLease lease) {
        return inSession(
                "make way in " + lease.name(),
                lease.name(),
                () -> leases.contains(lease) && refusals.containsKey(lease.name()),
                (session, assigner) -> {
                    assigner.remove(session.id(), lease.name());
                    return true;
                },
                done -> ownership.give(lease, lease.portfolio().all(Owned::isHeld)));
    }

    /** Stops taking part in a lease. */
    void leave(JoinedLease lease) {
        if (!leases.contains(lease)) {
            return;
        }
        lease.startLeaving();
        requestLeave(lease);
    }

    /** Goes on with what an {@code Error} has interrupted. */
    void heal() {
        leases.all().stream().filter(JoinedLease::isLeaveToBeRequested).forEach(this::requestLeave);
    }

    private void requestLeave(JoinedLease lease) {
        leases.drained(lease);
        refusals.remove(lease.name());
        left.add(lease.name());
        Session session = keeper.session();
        if (session == null) {
            ownership.loseAll(lease);
            leases.left(lease);
            return;
        }
        worker.submit(inSession(
                "leave " + lease.name(),
                lease.name(),
                () -> keeper.session() == session && leases.find(lease.name()).equals(Optional.of(lease)),
                (current, assigner) -> assigner.leave(current.id(), lease.name()),
                outcome -> {
                    lease.startGiving();
                    ownership.give(lease, lease.portfolio().all(Owned::isHeld));
                    ownership.refresh();
                    leases.drained(lease);
                    caretaker.follow(lease.name(), outcome);
                    worker.submitInATtl(leavingAgain(List.of(lease.name())));
                }));
        lease.leaveRequested();
    }

    /** Makes sure that the session is no member of the leases that it has left: a failover may have undone that. */
    void leaveAgain() {
        List<String> names = left.newestLast();
        for (int i = 0; i < names.size(); i += LEASES_AT_ONCE) {
            worker.submit(leavingAgain(names.subList(i, Math.min(i + LEASES_AT_ONCE, names.size()))));
        }
    }

    /** Ends memberships that this client does not know: they came late, or a failover brought them back. */
    private Job<Boolean> leavingAgain(List<String> names) {
        return Job.of(
                "leave once more " + names,
                () -> {
                    TreeSet<String> unknown = new TreeSet<>(names);
                    unknown.removeIf(name -> leases.find(name)
                            .filter(lease -> !lease.isLeaving())
                            .isPresent());
                    Session session = keeper.session();
                    return session == null || unknown.isEmpty()
                            ? Optional.empty()
                            : Optional.of(line -> line.transact(unknown, transaction -> {
                                Assigner assigner = new Assigner(transaction, worker.stepLimit());
                                unknown.forEach(name -> assigner.remove(session.id(), name));
                                return true;
                            }));
                },
                done -> {});
    }

    /** Asks for no more grants of a lease. */
    void retire(JoinedLease lease) {
        worker.submit(inSession(
                "ask for no more of " + lease.name(),
                lease.name(),
                () -> leases.closing() == null,
                (session, assigner) -> {
                    assigner.remove(session.id(), lease.name());
                    return true;
                },
                done -> {}));
    }

    private <T> Job<T> inSession(String what, String lease, BooleanSupplier wanted, Step<T> step, Consumer<T> done) {
        return Job.of(
                what,
                () -> {
                    Optional<Session> session =
                            wanted.getAsBoolean() ? Optional.ofNullable(keeper.session()) : Optional.empty();
                    int limit = worker.stepLimit();
                    return session.map(current -> line -> line.transact(
                            new TreeSet<>(Set.of(lease)),
                            transaction -> step.in(current, new Assigner(transaction, limit))));
                },
                done);
    }

    /** What is done in a session, under the lock of a lease. */
    private interface Step<T> {

        T in(Session session, Assigner assigner);
    }
}
