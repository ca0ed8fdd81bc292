package io.github.dbleases;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A request to join a lease, validated.
 *
 * @param name 1 to 200 characters of letters, digits, {@code . _ - : /}
 * @param kind what the lease is used for
 * @param partitions 1 to 100,000; 1 for a leader election, 0 for the sessions of a task runner
 */
public record LeaseSpec(String name, LeaseKind kind, int partitions) {

    /** The most partitions that a lease can have. */
    public static final int MAX_PARTITIONS = 100_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

    public LeaseSpec {
        Objects.requireNonNull(kind, "kind");
        if (!NAME.matcher(name).matches()) {
            throw new InvalidLeaseException(
                    "'%s' is not a valid lease name (it has %s characters).".formatted(name, name.length()),
                    "Use 1 to 200 characters of letters (a-z, A-Z), digits and . _ - : / only.");
        }
        int least = kind == LeaseKind.TASKS ? 0 : 1;
        int most = kind == LeaseKind.PARTITIONS ? MAX_PARTITIONS : least;
        if (partitions < least || partitions > most) {
            String limits = least == most ? "must have %d" : "can have %d to %,d";
            throw new InvalidLeaseException(
                    String.format(
                            Locale.ROOT,
                            "Lease '%s' was asked for with %d partitions, but a lease of kind '%s' " + limits + ".",
                            name,
                            partitions,
                            kind.word(),
                            least,
                            most),
                    "Change the number of partitions of '%s'.".formatted(name));
        }
    }

    /** A lease of partitions. */
    public static LeaseSpec partitions(String name, int partitions) {
        return new LeaseSpec(name, LeaseKind.PARTITIONS, partitions);
    }

    /** Returns the same with another number of partitions. */
    public LeaseSpec withPartitions(int partitions) {
        return new LeaseSpec(name, kind, partitions);
    }

    /** A leader election. */
    public static LeaseSpec leader(String name) {
        return new LeaseSpec(name, LeaseKind.LEADER, 1);
    }

    /** The sessions of a task runner. */
    public static LeaseSpec tasks(String name) {
        return new LeaseSpec(name, LeaseKind.TASKS, 0);
    }
}
