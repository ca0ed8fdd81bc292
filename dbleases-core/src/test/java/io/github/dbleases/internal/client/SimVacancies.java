package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks how long partitions have no owner while faults happen elsewhere. If there was a healthy candidate all that
 * time and the storage was not disturbed, it takes no longer than finding that the owner in the storage is dead and
 * assigning its partitions. If a partition was assigned to a session that suffers a fault as well, the time starts again.
 */
final class SimVacancies {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** The owner expires, its watcher expires too, and then the audit finds it. */
    private static final Duration LONGEST = Timing.DEFAULT
            .ttl()
            .plus(Timing.DEFAULT.grace())
            .multipliedBy(2)
            .plus(Timing.DEFAULT.ttl())
            .plusSeconds(2);

    private final SimWorld world;
    private final SimStorage storage;
    private final List<SimProcess> processes;
    private final Map<String, Long> wellSince = new HashMap<>();
    private final Map<String, Vacancy> vacancies = new HashMap<>();
    private long calmSince;
    private int checks;

    SimVacancies(SimWorld world, SimStorage storage, List<SimProcess> processes) {
        this.world = world;
        this.storage = storage;
        this.processes = processes;
    }

    /** Returns how often the check required an owner. */
    int checks() {
        return checks;
    }

    /** Checks repeatedly until a time. */
    void watch(Duration until) {
        if (world.nanos() < until.toNanos()) {
            look();
            world.after(INTERVAL, () -> watch(until));
        }
    }

    private void look() {
        long now = world.nanos();
        // A process that is only partly healthy keeps its session but does not do its work.
        boolean halfWell = processes.stream()
                .map(SimProcess::environment)
                .anyMatch(machine -> !machine.isWell() && !machine.isPaused() && !machine.isCutOff());
        if (halfWell || !storage.isCalm()) {
            calmSince = now;
        }
        ClusterSnapshot stored = storage.clusterSnapshot();
        for (ClusterSnapshot.Lease lease : stored.leases()) {
            look(lease.snapshot(), stored, now);
        }
    }

    private void look(Snapshot lease, ClusterSnapshot stored, long now) {
        boolean candidate = false;
        for (SimProcess process : processes) {
            String key = process.name() + " " + lease.lease();
            if (process.takesPartIn(lease.lease(), stored)
                    && process.environment().isWell()) {
                candidate |= now - wellSince.computeIfAbsent(key, first -> now) > LONGEST.toNanos();
            } else {
                wellSince.remove(key);
            }
        }
        for (Partition partition : lease.partitions()) {
            String key = lease.lease() + "/" + partition.number();
            if (processes.stream().anyMatch(process -> process.has(lease.lease(), partition.number()))) {
                vacancies.remove(key);
            } else {
                Vacancy before = vacancies.get(key);
                if (before == null || before.owner() != partition.owner()) {
                    vacancies.put(key, new Vacancy(partition.owner(), now));
                }
            }
            if (candidate && now - calmSince > LONGEST.toNanos()) {
                checks++;
                Vacancy vacancy = vacancies.get(key);
                if (vacancy != null && now - vacancy.since() > LONGEST.toNanos()) {
                    world.violation("%s has had no owner for %s, it is %s of %s, the processes are %s"
                            .formatted(key, LONGEST, partition, lease.members(), processes));
                }
            }
        }
    }

    /** The owner of a partition in the storage does not have it. */
    private record Vacancy(long owner, long since) {}
}
