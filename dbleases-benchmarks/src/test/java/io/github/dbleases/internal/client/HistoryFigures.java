package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.internal.client.Assigner.HandOver;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresSchema;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Measures what the history costs: the transactions of a join, a plan, a hand-over and a release, with and without a
 * history, in pairs. Each argument, {@code on} or {@code off}, is the fsync of a server of its own.
 */
public final class HistoryFigures {

    private static final int WARM_UP = 300;
    private static final int ROUNDS = 1_000;
    private static final LeaseSpec ORDERS = LeaseSpec.partitions("orders", 64);
    private static final long ONE = 10;
    private static final long TWO = 20;

    private enum Step {
        JOIN,
        SECOND_JOIN,
        BALANCE,
        HAND_OVER,
        RELEASE
    }

    private HistoryFigures() {}

    public static void main(String[] arguments) throws Exception {
        for (String fsync : arguments) {
            try (PostgresServer server = PostgresServer.privateServer(Map.of("fsync", fsync));
                    Contender without = new Contender(server.dataSource(), "without", Duration.ZERO);
                    Contender with = new Contender(server.dataSource(), "with", Duration.ofDays(7))) {
                for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                    if (i == WARM_UP) {
                        without.forget();
                        with.forget();
                    }
                    // Each comes first in every other round.
                    (i % 2 == 0 ? without : with).round();
                    (i % 2 == 0 ? with : without).round();
                }
                for (Step step : Step.values()) {
                    System.out.printf(
                            Locale.ROOT,
                            "fsync=%s %-12s without %.3f ms, with %.3f ms, median of the paired ratios %.3f%n",
                            fsync,
                            step,
                            median(without.millis.get(step)),
                            median(with.millis.get(step)),
                            median(ratios(with.millis.get(step), without.millis.get(step))));
                }
            }
        }
    }

    private static List<Double> ratios(List<Double> some, List<Double> others) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            ratios.add(some.get(i) / others.get(i));
        }
        return ratios;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** A store with or without a history. */
    private static final class Contender implements AutoCloseable {

        private final HeartbeatChannel heartbeats;
        private final WorkChannel work;
        private final Map<Step, List<Double>> millis = new EnumMap<>(Step.class);

        Contender(DataSource dataSource, String schema, Duration retention) throws SQLException {
            Timing timing = Timing.of(Duration.ofHours(1));
            PostgresStoreConfig config = PostgresStoreConfig.builder()
                    .schema(schema)
                    .historyRetention(retention)
                    .build();
            PostgresSchema.create(dataSource, config);
            PostgresLeaseStore store = new PostgresLeaseStore(dataSource, config);
            heartbeats = store.heartbeatChannel(timing);
            work = store.workChannel(timing);
            for (long session : new long[] {ONE, TWO}) {
                heartbeats.open(new NewSession(session, "client-" + session, 1, timing.ttl(), timing.grace()));
            }
            forget();
        }

        void forget() {
            for (Step step : Step.values()) {
                millis.put(step, new ArrayList<>());
            }
        }

        /** One session joins and gets all, another joins and is given half, and both leave. */
        void round() {
            timed(Step.JOIN, ONE, assigner -> assigner.join(ONE, ORDERS));
            timed(Step.SECOND_JOIN, TWO, assigner -> assigner.join(TWO, ORDERS));
            timed(Step.BALANCE, TWO, assigner -> assigner.balance(ORDERS.name(), Duration.ZERO));
            List<HandOver> asked = inOrders(transaction -> transaction.snapshot(ORDERS.name()).partitions().stream()
                    .filter(partition -> partition.pending() == TWO)
                    .map(HistoryFigures::handOver)
                    .toList());
            timed(Step.HAND_OVER, ONE, assigner -> assigner.handOver(ONE, ORDERS.name(), true, asked));
            timed(Step.RELEASE, ONE, assigner -> assigner.release(ONE, ORDERS.name(), Set.of()));
            inOrders(transaction -> new Assigner(transaction, TWO, 1_000).release(TWO, ORDERS.name(), Set.of()));
        }

        private void timed(Step step, long session, Function<Assigner, Object> action) {
            long start = System.nanoTime();
            inOrders(transaction -> action.apply(new Assigner(transaction, session, 1_000)));
            millis.get(step).add((System.nanoTime() - start) / 1e6);
        }

        private <T> T inOrders(WorkChannel.Work<T> action) {
            return work.transact(new TreeSet<>(Set.of(ORDERS.name())), action);
        }

        @Override
        public void close() {
            heartbeats.close();
            work.close();
        }
    }

    private static HandOver handOver(Partition partition) {
        return new HandOver(partition.number(), partition.token(), 0);
    }
}
