package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.spi.observation.ClientObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An observer that throws an {@code Error} now and then, which must not disturb the client. */
final class SimObserver implements ClientObserver {

    private final SimWorld world;
    private final List<Duration> suspensions = new ArrayList<>();
    private final List<String> vacancies = new ArrayList<>();
    private int elections;
    private int incarnationChanges;

    SimObserver(SimWorld world) {
        this.world = world;
    }

    private void fail() {
        if (world.isRough() && world.observers().nextDouble() < 0.1) {
            throw new SimEnvironment.SimulatedError();
        }
    }

    @Override
    public void onHeartbeat(HeartbeatOutcome outcome, Duration time) {
        fail();
    }

    List<Duration> suspensions() {
        return suspensions;
    }

    /** Returns the leases whose partitions had no owner because a session had expired. */
    List<String> vacancies() {
        return vacancies;
    }

    /** Returns how often this client was elected. */
    int elections() {
        return elections;
    }

    /** Returns how often this client has noticed a new incarnation of the store. */
    int incarnationChanges() {
        return incarnationChanges;
    }

    @Override
    public void onIncarnationChanged() {
        incarnationChanges++;
        fail();
    }

    @Override
    public void onTrustReturned(Duration suspended) {
        suspensions.add(suspended);
    }

    @Override
    public void onOrphansAssigned(String lease, Duration sinceExpiry) {
        vacancies.add(lease);
    }

    @Override
    public void onAssigned(String lease, LeaseKind kind, Assignment reason, int partitions) {
        if (kind == LeaseKind.LEADER && reason == Assignment.GRANTED) {
            elections++;
        }
        fail();
    }

    @Override
    public void onRevoked(String lease, LeaseKind kind, Revocation reason, int partitions) {
        fail();
    }

    @Override
    public void onHandOver(String lease, HandOverPhase phase, List<Duration> times) {
        if (times.stream().anyMatch(Duration::isNegative)) {
            world.violation("a phase of a hand-over took less than no time: " + times);
        }
        fail();
    }

    @Override
    public HoldActivity onHold(String lease) {
        fail();
        return new HoldActivity() {

            @Override
            public void untrusted() {
                fail();
            }

            @Override
            public void closed() {
                fail();
            }
        };
    }

    @Override
    public void onAudit(Audit audit) {
        fail();
    }
}
