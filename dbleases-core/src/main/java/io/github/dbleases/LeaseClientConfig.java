package io.github.dbleases;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client. Most applications set them with {@link LeaseClient#builder}.
 *
 * @param clientId the name of the client, for people: 1 to 200 characters
 * @param weight the client's share of partitions relative to the other clients, 1 to 1,000
 * @param timing the times that safety depends on
 * @param debounce how long balancing waits after a member has joined or left, so that a burst makes one plan; 0 to 24 h
 * @param drainTimeout how long {@link LeaseClient#close()} and {@link Lease#leave()} wait for listeners and holds; 0 to
 *     24 h
 * @param balanceLeaderships whether a leadership moves, once its work has ended, if its leader leads at least two elections
 *     more than another candidate; must be the same for all clients
 * @param workDeadlines how long work may hold a partition or a leadership, by the names of leases and elections
 */
public record LeaseClientConfig(
        String clientId,
        int weight,
        Timing timing,
        Duration debounce,
        Duration drainTimeout,
        boolean balanceLeaderships,
        Map<String, WorkDeadline> workDeadlines) {

    private static final int LONGEST_ID = 200;
    private static final int MAX_WEIGHT = 1_000;

    /** Creates settings without deadlines for work. */
    public LeaseClientConfig(
            String clientId,
            int weight,
            Timing timing,
            Duration debounce,
            Duration drainTimeout,
            boolean balanceLeaderships) {
        this(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships, Map.of());
    }

    public LeaseClientConfig {
        workDeadlines = Map.copyOf(workDeadlines);
        if (clientId.isBlank() || clientId.length() > LONGEST_ID) {
            throw new InvalidConfigurationException(
                    "clientId '%s' has %s characters, but must have 1 to %s and not be blank."
                            .formatted(clientId, clientId.length(), LONGEST_ID),
                    "Set another clientId.",
                    "clientId");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new InvalidConfigurationException(
                    String.format(Locale.ROOT, "weight is %d, but must be 1 to %,d.", weight, MAX_WEIGHT),
                    "Set another weight.",
                    "weight");
        }
        Objects.requireNonNull(timing, "timing");
        Timing.requireInRange("debounce", debounce, Duration.ZERO);
        Timing.requireInRange("drainTimeout", drainTimeout, Duration.ZERO);
    }

    /** Returns the defaults, see {@link Builder}. */
    public static LeaseClientConfig defaults() {
        return builder().build();
    }

    /** Returns a builder with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that has these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .clientId(clientId)
                .weight(weight)
                .timing(timing)
                .debounce(debounce)
                .drainTimeout(drainTimeout)
                .balanceLeaderships(balanceLeaderships);
        workDeadlines.forEach(builder::workDeadline);
        return builder;
    }

    /**
     * Returns {@code <host>:<pid>}, which is different for each instance on one machine. A host name that is too long for a
     * client id is truncated.
     */
    public static String defaultClientId() {
        String process = ":" + ProcessHandle.current().pid();
        return cut(hostName(), LONGEST_ID - process.length()) + process;
    }

    /**
     * Returns {@code <application>@<host>:<pid>}. An application name that is too long is truncated.
     *
     * @param application the name of the application, not blank
     */
    public static String defaultClientId(String application) {
        String process = "@" + defaultClientId();
        return process.length() >= LONGEST_ID
                ? defaultClientId()
                : cut(application.strip(), LONGEST_ID - process.length()) + process;
    }

    /** Builds a {@link LeaseClientConfig}. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable String clientId;
        private int weight = 1;
        private Timing timing = Timing.DEFAULT;
        private Duration debounce = Duration.ofSeconds(1);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private boolean balanceLeaderships;
        private final Map<String, WorkDeadline> workDeadlines = new HashMap<>();

        private Builder() {}

        /** Sets the name of the client, for people. Default: {@link #defaultClientId()}. */
        public Builder clientId(String clientId) {
            this.clientId = Objects.requireNonNull(clientId, "clientId");
            return this;
        }

        /** Sets the client's share of partitions relative to the other clients, 1 to 1,000. Default: 1. */
        public Builder weight(int weight) {
            this.weight = weight;
            return this;
        }

        /** Sets the times that safety depends on. Default: {@link Timing#DEFAULT}. */
        public Builder timing(Timing timing) {
            this.timing = Objects.requireNonNull(timing, "timing");
            return this;
        }

        /** Sets how long balancing waits after a member has joined or left, 0 to 24 h. Default: 1 s. */
        public Builder debounce(Duration debounce) {
            this.debounce = Objects.requireNonNull(debounce, "debounce");
            return this;
        }

        /** Sets how long stopping and leaving wait for listeners and holds, 0 to 24 h. Default: 30 s. */
        public Builder drainTimeout(Duration drainTimeout) {
            this.drainTimeout = Objects.requireNonNull(drainTimeout, "drainTimeout");
            return this;
        }

        /** Sets whether leaderships are balanced over the candidates. Default: false. */
        public Builder balanceLeaderships(boolean balanceLeaderships) {
            this.balanceLeaderships = balanceLeaderships;
            return this;
        }

        /**
         * Sets how long work may hold a partition of a lease, or the leadership of an election. Default: any time.
         *
         * @param lease the name of the lease or election, which need not be joined
         */
        public Builder workDeadline(String lease, WorkDeadline deadline) {
            workDeadlines.put(Objects.requireNonNull(lease, "lease"), Objects.requireNonNull(deadline, "deadline"));
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws InvalidConfigurationException if a setting is outside its limits
         */
        public LeaseClientConfig build() {
            String id = clientId != null ? clientId : defaultClientId();
            return new LeaseClientConfig(id, weight, timing, debounce, drainTimeout, balanceLeaderships, workDeadlines);
        }
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.isBlank() ? "localhost" : name;
        } catch (UnknownHostException unresolvable) {
            return "localhost";
        }
    }

    private static String cut(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }
}
