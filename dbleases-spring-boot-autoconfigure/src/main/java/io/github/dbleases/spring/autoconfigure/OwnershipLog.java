package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseEvent;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.PartitionSet;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what this instance owns and leads, with one line for each change.
 *
 * <p>There is at most one line per second for each lease and each election. If changes come faster, the state at the end of
 * the second is logged, so the last line always shows the current state.
 */
final class OwnershipLog implements LeaseEventListener {

    private static final Logger log = LoggerFactory.getLogger(OwnershipLog.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Scattered partitions would make a long line. The endpoint lists them all. */
    private static final int LONGEST_LIST = 200;

    private final ToIntFunction<String> partitions;
    private final LongSupplier nanoTime;
    private final BiConsumer<Duration, Runnable> later;
    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();

    /**
     * Creates a log.
     *
     * @param partitions returns the number of partitions of a lease
     */
    OwnershipLog(ToIntFunction<String> partitions) {
        this(
                partitions,
                System::nanoTime,
                (delay, action) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(action));
    }

    OwnershipLog(ToIntFunction<String> partitions, LongSupplier nanoTime, BiConsumer<Duration, Runnable> later) {
        this.partitions = partitions;
        this.nanoTime = nanoTime;
        this.later = later;
    }

    @Override
    public void onEvent(LeaseEvent event) {
        if (event instanceof LeaseEvent.PartitionsAssigned assigned) {
            owned(assigned.clientId(), assigned.lease(), owned -> owned.plus(assigned.partitions()));
        } else if (event instanceof LeaseEvent.PartitionsRevoked revoked) {
            owned(revoked.clientId(), revoked.lease(), owned -> owned.minus(revoked.partitions()));
        } else if (event instanceof LeaseEvent.Elected elected) {
            subject(elected.leadership(), "")
                    .change("Client %s leads %s with token %d"
                            .formatted(elected.clientId(), elected.leadership(), elected.token()));
        } else if (event instanceof LeaseEvent.Ousted ousted) {
            subject(ousted.leadership(), "")
                    .change("Client %s no longer leads %s".formatted(ousted.clientId(), ousted.leadership()));
        }
    }

    private void owned(String client, String lease, UnaryOperator<PartitionSet> change) {
        int known = partitions.applyAsInt(lease);
        Subject subject = subject(lease, sentence(client, lease, PartitionSet.empty(), known));
        synchronized (subject) {
            // The number of a lease that is being left is not known any more.
            subject.all = known > 0 ? known : subject.all;
            subject.owned = change.apply(subject.owned);
            subject.change(sentence(client, lease, subject.owned, subject.all));
        }
    }

    private static String sentence(String client, String lease, PartitionSet owned, int all) {
        if (owned.isEmpty()) {
            return "Client %s owns none of the %d partitions of %s".formatted(client, all, lease);
        }
        String ranges = owned.toRanges();
        String list = ranges.length() <= LONGEST_LIST
                ? ranges
                : ranges.substring(0, ranges.lastIndexOf(',', LONGEST_LIST) + 1) + "...";
        return "Client %s owns %d of the %d partitions of %s: %s".formatted(client, owned.size(), all, lease, list);
    }

    /** Logs immediately what would be logged later. */
    void flush() {
        subjects.values().forEach(Subject::say);
    }

    private Subject subject(String name, String initially) {
        return subjects.computeIfAbsent(name, absent -> new Subject(initially));
    }

    /** A lease or an election: its current state, and the state that was logged last. */
    private final class Subject {

        private PartitionSet owned = PartitionSet.empty();
        private int all;
        private String said;
        private String now;
        private long earliest = nanoTime.getAsLong();
        private boolean scheduled;

        private Subject(String initially) {
            this.said = initially;
            this.now = initially;
        }

        private synchronized void change(String sentence) {
            now = sentence;
            long wait = earliest - nanoTime.getAsLong();
            if (wait <= 0) {
                say();
            } else if (!scheduled) {
                scheduled = true;
                later.accept(Duration.ofNanos(wait), this::say);
            }
        }

        private synchronized void say() {
            scheduled = false;
            if (!now.equals(said)) {
                said = now;
                earliest = nanoTime.getAsLong() + INTERVAL.toNanos();
                log.info(now);
            }
        }
    }
}
