package io.github.dbleases.postgres;

import io.github.dbleases.postgres.HeartbeatCost.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Measures the cost of a heartbeat for the database and compares it with a bare update of one row by its key. The two
 * alternate in small blocks, so that other work on the machine affects both.
 */
public final class HeartbeatFigures {

    private HeartbeatFigures() {}

    /** Prints the median and the best of many blocks for clusters of several sizes. */
    public static void main(String[] arguments) {
        for (int sessions : new int[] {3, 10, 200}) {
            try (HeartbeatCost costs = new HeartbeatCost(sessions)) {
                costs.own(100);
                List<Cost> heartbeats = new ArrayList<>();
                List<Cost> bareUpdates = new ArrayList<>();
                for (int block = 0; block < 60; block++) {
                    bareUpdates.add(costs.ofBareUpdates(500));
                    heartbeats.add(costs.ofHeartbeats(500));
                }
                // The first blocks warm up the Java compiler.
                print(sessions, heartbeats.subList(20, 60), bareUpdates.subList(20, 60));
            }
        }
    }

    private static void print(int sessions, List<Cost> heartbeats, List<Cost> bareUpdates) {
        double median = quantile(heartbeats, Cost::micros, 2);
        double bareMedian = quantile(bareUpdates, Cost::micros, 2);
        double best = quantile(heartbeats, Cost::micros, heartbeats.size());
        double bareBest = quantile(bareUpdates, Cost::micros, bareUpdates.size());
        double wal = quantile(heartbeats, Cost::walBytes, 2);
        double bareWal = quantile(bareUpdates, Cost::walBytes, 2);
        System.out.printf(
                Locale.ROOT,
                "%d sessions: heartbeat %.1f us (best block %.1f), bare update %.1f us (%.1f), ratio %.2f (%.2f);"
                        + " WAL %.0f and %.0f bytes, ratio %.2f%n",
                sessions,
                median,
                best,
                bareMedian,
                bareBest,
                median / bareMedian,
                best / bareBest,
                wal,
                bareWal,
                wal / bareWal);
    }

    /** Returns the quantile {@code 1 / one}. */
    private static double quantile(List<Cost> costs, ToDoubleFunction<Cost> figure, int one) {
        return figure.applyAsDouble(costs.stream()
                .sorted(Comparator.comparingDouble(figure))
                .toList()
                .get((costs.size() - 1) / one));
    }
}
