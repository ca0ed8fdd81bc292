package io.github.dbleases.scale;

import static java.util.stream.Collectors.toMap;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.InternalLeaseClient;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What each client of a crowd takes part in. */
sealed interface Shape {

    /** Lets a client take part, before or after its start. */
    void takePart(InternalLeaseClient client);

    /** Returns the share of a client as it knows it. */
    int share(InternalLeaseClient client);

    /** Returns whether all clients have their final shares. */
    boolean isSettled(List<InternalLeaseClient> clients);

    /**
     * Parses a shape: {@code 20x128} are 20 leases of 128 partitions, {@code 500xelections} are 500 elections, and
     * {@code tasks} is a group that shares tasks.
     */
    static Shape of(String text) {
        if (text.equals("tasks")) {
            return new Tasks();
        }
        String[] numbers = text.split("x");
        int first = Integer.parseInt(numbers[0]);
        return numbers[1].equals("elections") ? new Elections(first) : new Leases(first, Integer.parseInt(numbers[1]));
    }

    private static int sum(Shape shape, List<InternalLeaseClient> clients) {
        return clients.stream().mapToInt(shape::share).sum();
    }

    /** Leases with partitions. */
    record Leases(int leases, int partitions) implements Shape {

        @Override
        public void takePart(InternalLeaseClient client) {
            client.leases(IntStream.range(0, leases)
                    .boxed()
                    .collect(toMap(number -> "lease-" + number, number -> partitions)));
        }

        @Override
        public int share(InternalLeaseClient client) {
            return client.leases().stream()
                    .map(Lease::values)
                    .mapToInt(Set::size)
                    .sum();
        }

        @Override
        public boolean isSettled(List<InternalLeaseClient> clients) {
            return sum(this, clients) == leases * partitions && isBalanced(clients.get(0));
        }

        private boolean isBalanced(LeaseClient client) {
            try {
                ClusterView cluster = client.cluster();
                return cluster.leases().size() == leases
                        && cluster.leases().values().stream().allMatch(LeaseView::balanced);
            } catch (StoreUnavailableException busy) {
                return false;
            }
        }
    }

    /** Elections. Each client is a candidate in all of them. */
    record Elections(int elections) implements Shape {

        @Override
        public void takePart(InternalLeaseClient client) {
            IntStream.range(0, elections).forEach(number -> client.leadership("election-" + number));
        }

        @Override
        public int share(InternalLeaseClient client) {
            return (int)
                    client.leaderships().stream().filter(Leadership::isLeader).count();
        }

        @Override
        public boolean isSettled(List<InternalLeaseClient> clients) {
            return sum(this, clients) == elections;
        }
    }

    /** The sessions of one task runner. */
    record Tasks() implements Shape {

        @Override
        public void takePart(InternalLeaseClient client) {
            client.taskSession("tasks");
        }

        @Override
        public int share(InternalLeaseClient client) {
            return client.taskSession("tasks").id().isPresent() ? 1 : 0;
        }

        /** Each client knows all others. */
        @Override
        public boolean isSettled(List<InternalLeaseClient> clients) {
            return sum(this, clients) == clients.size()
                    && clients.stream()
                            .allMatch(client -> client.taskSession("tasks").sessions() == clients.size());
        }
    }
}
