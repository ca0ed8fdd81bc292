package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.internal.client.Assigner.Outcome;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.internal.client.JoinedLease.Part;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins and leaves leases: makes the session a member, and ends the membership. A drained client is no member. */
final class Membership {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    private static final int LEASES_AT_ONCE = 50;

    private final JobQueue jobs;
    private final SessionKeeper keeper;
    private final JoinedLeases leases;
    private final Reconciler reconciler;
    private final ClusterMaintenance maintenance;
    private final LeftLeases left = new LeftLeases();
    private final Map<String, String> refusals = new HashMap<>();

    Membership(
            JobQueue jobs,
            SessionKeeper keeper,
            JoinedLeases leases,
            Reconciler reconciler,
            ClusterMaintenance maintenance) {
        this.jobs = jobs;
        this.keeper = keeper;
        this.leases = leases;
        this.reconciler = reconciler;
        this.maintenance = maintenance;
    }

    /** Forgets what was refused in an earlier run of the client. */
    void restart() {
        refusals.clear();
    }

    /**
     * Joins leases in the current session, if there is one, in few transactions. A drained client does so when it is resumed.
     * The next session joins all leases.
     */
    void join(Collection<JoinedLease> joined) {
        if (leases.isDrained() || joined.size() == 1) {
            joined.forEach(this::join);
        } else if (keeper.session() != null) {
            List<JoinedLease> rest = List.copyOf(joined);
            for (int i = 0; i < rest.size(); i += LEASES_AT_ONCE) {
                jobs.submit(joiningTogether(rest.subList(i, Math.min(i + LEASES_AT_ONCE, rest.size()))));
            }
        }
    }

    private void join(JoinedLease lease) {
        if (leases.isDrained()) {
            // The session may still be a member, if the lease was left just now.
            lease.part(left.contains(lease.name()) ? Part.DRAINING : Part.STANDING_BY);
        } else if (keeper.session() != null) {
            jobs.submit(joining(lease));
        }
    }

    /** Joins all leases in a new session or in a new incarnation of the store, which may have restored memberships. */
    void joinAll() {
        if (leases.isDrained()) {
            leases.all().forEach(this::standBy);
        } else {
            join(leases.all());
        }
    }

    /** Ends the memberships of a client that was drained, and renews those of a client that was resumed. */
    void followDrain() {
        for (JoinedLease lease : leases.all()) {
            if (leases.isDrained() && lease.part() != Part.STANDING_BY) {
                standBy(lease);
            } else if (!leases.isDrained() && lease.isStandingBy()) {
                join(lease);
                lease.part(Part.RETURNING);
            }
        }
    }

    /** Ends the membership in a lease, and hands over what the client owns of it. */
    private void standBy(JoinedLease lease) {
        lease.part(Part.DRAINING);
        if (keeper.session() != null) {
            jobs.submit(standingBy(lease, outcome -> {
                reconciler.refresh();
                maintenance.schedule(lease.name(), outcome);
                // A request to join that got no reply may be executed late.
                jobs.submitInATtl(standingBy(lease, again -> maintenance.schedule(lease.name(), again)));
            }));
        }
        reconciler.handOver(lease, lease.ownership().all(OwnedPartition::isActive));
        lease.ownership().taskMembership().drain(true);
        lease.part(Part.STANDING_BY);
    }

    private Job<Answer<Optional<Outcome>>> joining(JoinedLease lease) {
        Job<Answer<Optional<Outcome>>> job = inSession(
                "join " + lease.name(),
                lease.name(),
                () -> isToBeJoined(lease),
                (session, assigner) -> assigner.join(session.id(), lease.spec()),
                outcome -> joined(lease, outcome));
        return job.giveUpIf(failure -> isRefused(lease, failure));
    }

    /** What cannot be joined together with the others is joined alone. */
    private Job<Answer<Map<String, Outcome>>> joiningTogether(List<JoinedLease> together) {
        return Job.of(
                "join " + together.stream().map(JoinedLease::name).toList(),
                () -> {
                    Session session = keeper.session();
                    Map<String, LeaseSpec> wanted = new TreeMap<>();
                    together.stream()
                            .filter(this::isToBeJoined)
                            .forEach(lease -> wanted.put(lease.name(), lease.spec()));
                    int limit = jobs.stepLimit();
                    return session == null || wanted.isEmpty()
                            ? Optional.empty()
                            : Optional.of(channel -> new Answer<>(
                                    session,
                                    channel.transact(
                                            new TreeSet<>(wanted.keySet()),
                                            transaction -> new Assigner(transaction, session.id(), limit)
                                                    .join(session.id(), wanted.values()))));
                },
                answer -> ifInTime(
                        answer,
                        outcomes -> together.forEach(
                                lease -> joined(lease, Optional.ofNullable(outcomes.get(lease.name()))))));
    }

    private void joined(JoinedLease lease, Optional<Outcome> outcome) {
        outcome.ifPresentOrElse(left -> joined(lease, left), () -> join(lease));
    }

    private boolean isToBeJoined(JoinedLease lease) {
        return leases.contains(lease) && !leases.isRetired() && !leases.isDrained();
    }

    private Job<Answer<Outcome>> standingBy(JoinedLease lease, Consumer<Outcome> done) {
        return inSession(
                "stand by in " + lease.name(),
                lease.name(),
                () -> leases.contains(lease) && leases.isDrained(),
                (session, assigner) -> assigner.standBy(session.id(), lease.name()),
                done);
    }

    private void joined(JoinedLease lease, Outcome outcome) {
        lease.joined().complete(null);
        refusals.remove(lease.name());
        maintenance.schedule(lease.name(), outcome);
        CompletableFuture<Boolean> decided = lease.decided();
        reconciler.refreshThen(() -> decided.complete(true));
        // A request to leave, to make way or to stand by that got no reply may be executed late, after the client has
        // joined again.
        boolean returned = left.contains(lease.name()) || lease.part() == Part.RETURNING;
        if (returned && leases.contains(lease)) {
            jobs.submitInATtl(joining(lease));
            left.remove(lease.name());
            lease.part(Part.MEMBER);
        }
    }

    private boolean isRefused(JoinedLease lease, RuntimeException failure) {
        if (!(failure instanceof LeaseConflictException)) {
            return false;
        }
        CompletableFuture<Void> joined = lease.joined();
        if (!joined.isDone()) {
            // An earlier attempt may have succeeded without a reply, and partitions may have been granted since.
            reconciler.loseAll(lease);
            if (!lease.isDeclared()) {
                leases.left(lease);
            }
            joined.completeExceptionally(failure);
        } else {
            String reason = String.valueOf(failure.getMessage());
            if (!reason.equals(refusals.put(lease.name(), reason))) {
                log.error("The client cannot join lease {} and keeps trying: {}", lease.name(), reason);
                lease.ownership().failed(failure);
            }
            left.add(lease.name());
            jobs.submit(makingWay(lease));
            jobs.submitInATtl(joining(lease));
        }
        return true;
    }

    /**
     * Removes this client from a lease that has other settings than the client wants. A failover can restore an older
     * state of the lease with several clients as members, each of which would keep the others from changing the
     * settings.
     */
    private Job<Answer<Boolean>> makingWay(JoinedLease lease) {
        return inSession(
                "make way in " + lease.name(),
                lease.name(),
                () -> leases.contains(lease) && refusals.containsKey(lease.name()),
                (session, assigner) -> {
                    assigner.remove(session.id(), lease.name());
                    return true;
                },
                done -> reconciler.handOver(lease, lease.ownership().all(OwnedPartition::isActive)));
    }

    /** Leaves a lease. */
    void leave(JoinedLease lease) {
        if (!leases.contains(lease)) {
            return;
        }
        lease.startLeaving();
        requestLeave(lease);
    }

    /** Resumes what an {@code Error} has interrupted. */
    void heal() {
        followDrain();
        leases.all().stream().filter(JoinedLease::isLeaveToBeRequested).forEach(this::requestLeave);
    }

    private void requestLeave(JoinedLease lease) {
        leases.drained(lease);
        refusals.remove(lease.name());
        left.add(lease.name());
        Session session = keeper.session();
        if (session == null) {
            reconciler.loseAll(lease);
            leases.left(lease);
            return;
        }
        jobs.submit(inSession(
                "leave " + lease.name(),
                lease.name(),
                () -> keeper.session() == session && leases.find(lease.name()).equals(Optional.of(lease)),
                (current, assigner) -> assigner.leave(current.id(), lease.name()),
                outcome -> {
                    // First, because nothing repeats this once the lease has been forgotten.
                    jobs.submitInATtl(leavingAgain(List.of(lease.name())));
                    lease.startHandingOver();
                    reconciler.handOver(lease, lease.ownership().all(OwnedPartition::isActive));
                    reconciler.refresh();
                    leases.drained(lease);
                    maintenance.schedule(lease.name(), outcome);
                }));
        lease.leaveRequested();
    }

    /** Leaves the leases that the client has left once more, because a failover may have undone that. */
    void leaveAgain() {
        List<String> names = left.newestLast();
        for (int i = 0; i < names.size(); i += LEASES_AT_ONCE) {
            jobs.submit(leavingAgain(names.subList(i, Math.min(i + LEASES_AT_ONCE, names.size()))));
        }
    }

    /** Ends memberships that this client does not know: a request to join arrived late, or a failover restored them. */
    private Job<Boolean> leavingAgain(List<String> names) {
        return Job.of(
                "leave " + names + " once more",
                () -> {
                    TreeSet<String> unknown = new TreeSet<>(names);
                    unknown.removeIf(name -> leases.find(name)
                            .filter(lease -> !lease.isLeaving() && !leases.isDrained())
                            .isPresent());
                    Session session = keeper.session();
                    return session == null || unknown.isEmpty()
                            ? Optional.empty()
                            : Optional.of(channel -> channel.transact(unknown, transaction -> {
                                Assigner assigner = new Assigner(transaction, session.id(), jobs.stepLimit());
                                unknown.forEach(name -> assigner.remove(session.id(), name));
                                return true;
                            }));
                },
                done -> {});
    }

    /** Ends the membership in a lease, so that the client gets no more grants. It keeps what it owns. */
    void retire(JoinedLease lease) {
        jobs.submit(inSession(
                "end the membership in " + lease.name(),
                lease.name(),
                () -> leases.isRetired() && leases.stopping() == null,
                (session, assigner) -> {
                    assigner.remove(session.id(), lease.name());
                    return true;
                },
                done -> {}));
    }

    /** Returns a job for the current session. Its answer counts only as long as that session does. */
    private <T> Job<Answer<T>> inSession(
            String what, String lease, BooleanSupplier wanted, Step<T> step, Consumer<T> done) {
        return Job.of(
                what,
                () -> {
                    Optional<Session> session =
                            wanted.getAsBoolean() ? Optional.ofNullable(keeper.session()) : Optional.empty();
                    int limit = jobs.stepLimit();
                    return session.map(current -> channel -> new Answer<>(
                            current,
                            channel.transact(
                                    new TreeSet<>(Set.of(lease)),
                                    transaction -> step.in(current, new Assigner(transaction, current.id(), limit)))));
                },
                answer -> ifInTime(answer, done));
    }

    private <T> void ifInTime(Answer<T> answer, Consumer<T> done) {
        if (answer.session == keeper.session()) {
            done.accept(answer.value);
        }
    }

    /** The answer to a step, and the session for which it was made. */
    private record Answer<T>(Session session, T value) {}

    /** A step for a session, under the lock of a lease. */
    private interface Step<T> {

        T in(Session session, Assigner assigner);
    }
}
