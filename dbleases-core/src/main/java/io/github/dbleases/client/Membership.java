package io.github.dbleases.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.client.Assigner.Outcome;
import io.github.dbleases.client.Worker.Job;
import io.github.dbleases.store.LeaseTransaction;
import io.github.dbleases.store.WorkLine;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the session a member of leases, and ends that again. */
final class Membership {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final Worker worker;
    private final SessionKeeper keeper;
    private final Leases leases;
    private final Ownership ownership;
    private final Caretaker caretaker;
    private final Set<String> leftBefore = new TreeSet<>();
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

    private Job<Outcome> joining(JoinedLease lease) {
        Job<Outcome> job = inSession(
                "join " + lease.name(),
                lease.name(),
                () -> leases.contains(lease) && !leases.isRetired(),
                (session, transaction) -> new Assigner(transaction).join(session.id(), lease.spec()),
                outcome -> {
                    lease.joined().complete(null);
                    refusals.remove(lease.name());
                    caretaker.follow(lease.name(), outcome);
                    ownership.refreshThen(() -> lease.decided().complete(null));
                    joinOnceMore(lease);
                });
        return job.unless(failure -> isRefused(lease, failure));
    }

    /** A request to leave of which nothing was heard may come late, after this lease was joined again. */
    private void joinOnceMore(JoinedLease lease) {
        if (leftBefore.remove(lease.name())) {
            worker.submitInATtl(joining(lease));
        }
    }

    private boolean isRefused(JoinedLease lease, RuntimeException failure) {
        if (!(failure instanceof LeaseConflictException)) {
            return false;
        }
        if (lease.joined().completeExceptionally(failure)) {
            leases.remove(lease);
        } else {
            String reason = String.valueOf(failure.getMessage());
            if (!reason.equals(refusals.put(lease.name(), reason))) {
                log.error("Cannot join lease {}, and go on trying: {}", lease.name(), reason);
                lease.portfolio().failed(failure);
            }
            worker.submitInATtl(joining(lease));
        }
        return true;
    }

    /** Stops taking part in a lease. */
    void leave(JoinedLease lease) {
        if (!leases.contains(lease)) {
            return;
        }
        lease.startLeaving();
        leases.drained(lease);
        leftBefore.add(lease.name());
        Session session = keeper.session();
        if (session == null) {
            leases.left(lease);
            return;
        }
        worker.submit(inSession(
                "leave " + lease.name(),
                lease.name(),
                () -> keeper.session() == session && leases.find(lease.name()).equals(Optional.of(lease)),
                (current, transaction) -> new Assigner(transaction).leave(current.id(), lease.name()),
                outcome -> {
                    lease.startGiving();
                    ownership.give(lease, lease.portfolio().all(Owned::isHeld));
                    ownership.refresh();
                    leases.drained(lease);
                    worker.submitInATtl(leaving(lease.name()));
                }));
    }

    /** Makes sure that the session is no member of the leases that it has left: a failover may have undone that. */
    void leaveAgain() {
        leftBefore.forEach(lease -> worker.submit(leaving(lease)));
    }

    /** Ends a membership of which this client does not know: it came late, or came back. */
    private Job<Outcome> leaving(String lease) {
        return inSession(
                "leave " + lease + " once more",
                lease,
                () -> leases.find(lease).isEmpty(),
                (session, transaction) -> removed(transaction, lease, session),
                outcome -> {});
    }

    private static Outcome removed(LeaseTransaction transaction, String lease, Session session) {
        new Assigner(transaction).remove(session.id(), lease);
        return Outcome.SETTLED;
    }

    /** Asks for no more grants of a lease. */
    void retire(JoinedLease lease) {
        worker.submit(inSession(
                "ask for no more of " + lease.name(),
                lease.name(),
                () -> leases.closing() == null,
                (session, transaction) -> removed(transaction, lease.name(), session),
                outcome -> {}));
    }

    private Job<Outcome> inSession(
            String what, String lease, BooleanSupplier wanted, Step step, Consumer<Outcome> done) {
        return Job.of(
                what,
                () -> {
                    Optional<Session> session =
                            wanted.getAsBoolean() ? Optional.ofNullable(keeper.session()) : Optional.empty();
                    return session.map(current -> transact(lease, transaction -> step.in(current, transaction)));
                },
                done);
    }

    private static Function<WorkLine, Outcome> transact(String lease, WorkLine.Work<Outcome> work) {
        return line -> line.transact(new TreeSet<>(Set.of(lease)), work);
    }

    /** What is done in a session, under the lock of a lease. */
    private interface Step {

        Outcome in(Session session, LeaseTransaction transaction);
    }
}
