package io.github.dbleases;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * The settings of a client.
 *
 * @param clientId the name of the client, for people: 1 to 200 characters
 * @param weight the client's share of partitions in comparison with the others, 1 to 1,000
 * @param timing the times on which the safety rests
 * @param debounce how long balancing waits after a member has joined or left, so that a burst makes one plan; 0 to 24 h
 * @param drainTimeout how long {@link LeaseClient#close()} and {@link Lease#leave()} wait for listeners and holds; 0 to
 *     24 h
 * @param balanceLeaderships whether a leadership moves, once its work has ended, when its leader leads at least two more
 *     than another candidate; to be the same for all clients
 */
public record LeaseClientConfig(
        String clientId,
        int weight,
        Timing timing,
        Duration debounce,
        Duration drainTimeout,
        boolean balanceLeaderships) {

    private static final int LONGEST_ID = 200;
    private static final int MAX_WEIGHT = 1_000;

    public LeaseClientConfig {
        if (clientId.isBlank() || clientId.length() > LONGEST_ID) {
            throw new InvalidConfigurationException(
                    "client-id '%s' has %s characters, but must have 1 to %s and not be blank."
                            .formatted(clientId, clientId.length(), LONGEST_ID),
                    "Set another client-id.");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new InvalidConfigurationException(
                    String.format(Locale.ROOT, "weight is %d, but must be 1 to %,d.", weight, MAX_WEIGHT),
                    "Set another weight.");
        }
        Objects.requireNonNull(timing, "timing");
        Timing.requireInRange("debounce", debounce, Duration.ZERO);
        Timing.requireInRange("drain-timeout", drainTimeout, Duration.ZERO);
    }

    /**
     * The defaults: {@link #defaultClientId()}, weight 1, {@link Timing#DEFAULT}, debounce 1 s, drain timeout 30 s, and
     * leaderships stay where they are.
     */
    public static LeaseClientConfig defaults() {
        return new LeaseClientConfig(
                defaultClientId(), 1, Timing.DEFAULT, Duration.ofSeconds(1), Duration.ofSeconds(30), false);
    }

    /**
     * Returns {@code <host>:<pid>}, which tells the instances on one machine apart. A host name that is too long for a
     * client id is cut off.
     */
    public static String defaultClientId() {
        String process = ":" + ProcessHandle.current().pid();
        return cut(hostName(), LONGEST_ID - process.length()) + process;
    }

    /**
     * Returns {@code <application>@<host>:<pid>}. An application name that is too long is cut off.
     *
     * @param application the name of the application, not blank
     */
    public static String defaultClientId(String application) {
        String process = "@" + defaultClientId();
        return process.length() >= LONGEST_ID
                ? defaultClientId()
                : cut(application.strip(), LONGEST_ID - process.length()) + process;
    }

    public LeaseClientConfig withClientId(String clientId) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
    }

    public LeaseClientConfig withWeight(int weight) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
    }

    public LeaseClientConfig withTiming(Timing timing) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
    }

    public LeaseClientConfig withDebounce(Duration debounce) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
    }

    public LeaseClientConfig withDrainTimeout(Duration drainTimeout) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
    }

    public LeaseClientConfig withBalanceLeaderships(boolean balanceLeaderships) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout, balanceLeaderships);
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
