package io.github.dbleases.keyvalue;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.internal.rows.PartitionRow;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The document of a lease and its text. */
final class LeaseDocument {

    private static final String PREFIX = "lease/";
    private static final Pattern MEMBER = Pattern.compile("(\\d+) yields-until (\\S+)");
    private static final Pattern PARTITION =
            Pattern.compile("(\\d+) owner (\\d+) pending (\\d+) token (\\d+) since (\\S+)");

    private LeaseDocument() {}

    static String key(String lease) {
        return PREFIX + lease;
    }

    /** Returns the name of the lease whose document has the given key. */
    static String name(String key) {
        return key.substring(PREFIX.length());
    }

    /** Returns the key prefix of all leases. */
    static String prefix() {
        return PREFIX;
    }

    static String text(LeaseRow lease) {
        StringBuilder text = new StringBuilder();
        line(text, "kind", lease.kind().word());
        line(text, "changed", lease.changedAt());
        line(text, "least-token", lease.leastToken());
        line(text, "assigned", lease.assigned().word());
        lease.members().forEach((session, until) -> line(text, "member", session + " yields-until " + until));
        lease.partitions().forEach(row -> line(text, "partition", text(row)));
        return text.toString();
    }

    private static String text(PartitionRow row) {
        return "%s owner %s pending %s token %s since %s"
                .formatted(row.number(), row.owner(), row.pending(), row.token(), row.since());
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    /** Parses a {@link #text}. */
    static LeaseRow parse(Lines lines) {
        LeaseKind kind = lines.value("kind", LeaseKind::ofWord);
        Instant changedAt = lines.value("changed", Instant::parse);
        long leastToken = lines.value("least-token", Long::valueOf);
        Assigned assigned = lines.value("assigned", Assigned::ofWord);
        SortedMap<Long, Instant> members = new TreeMap<>();
        while (lines.isNext("member")) {
            MatchResult member = lines.value("member", value -> match(MEMBER, value));
            members.put(Long.valueOf(member.group(1)), Instant.parse(member.group(2)));
        }
        List<PartitionRow> partitions = new ArrayList<>();
        while (lines.isNext("partition")) {
            partitions.add(lines.value("partition", value -> partition(value, partitions.size())));
        }
        return new LeaseRow(kind, changedAt, leastToken, assigned, members, partitions);
    }

    private static PartitionRow partition(String value, int number) {
        MatchResult row = match(PARTITION, value);
        if (!row.group(1).equals(Integer.toString(number))) {
            throw new IllegalArgumentException("partition %s is missing".formatted(number));
        }
        return new PartitionRow(
                number,
                Long.parseLong(row.group(2)),
                Long.parseLong(row.group(3)),
                Long.parseLong(row.group(4)),
                Instant.parse(row.group(5)));
    }

    private static MatchResult match(Pattern pattern, String value) {
        Matcher matcher = pattern.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it must match " + pattern);
        }
        return matcher.toMatchResult();
    }
}
