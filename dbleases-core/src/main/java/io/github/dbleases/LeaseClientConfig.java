package io.github.dbleases;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * The settings of a client.
 *
 * @param clientId the name of the client, for people: 1 to 200 characters
 * @param weight the client's share of partitions in comparison with the others, 1 to 1,000
 * @param timing the times on which the safety rests
 * @param debounce how long balancing waits after a member has joined or left, so that a burst makes one plan
 * @param drainTimeout how long {@link LeaseClient#close()} and {@link Lease#leave()} wait for listeners and holds
 */
public record LeaseClientConfig(String clientId, int weight, Timing timing, Duration debounce, Duration drainTimeout) {

    private static final int MAX_WEIGHT = 1_000;

    public LeaseClientConfig {
        if (clientId.isBlank() || clientId.length() > 200) {
            throw new InvalidConfigurationException(
                    "client-id '%s' has %d characters, but must have 1 to 200 and not be blank: set another one."
                            .formatted(clientId, clientId.length()));
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new InvalidConfigurationException(
                    "weight is %d, but must be 1 to %,d: set another one.".formatted(weight, MAX_WEIGHT));
        }
        requireNotNegative("debounce", debounce);
        requireNotNegative("drain-timeout", drainTimeout);
    }

    /** The defaults: the host name as client id, weight 1, {@link Timing#DEFAULT}, debounce 1 s, drain timeout 30 s. */
    public static LeaseClientConfig defaults() {
        return new LeaseClientConfig(hostName(), 1, Timing.DEFAULT, Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    public LeaseClientConfig withClientId(String clientId) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout);
    }

    public LeaseClientConfig withWeight(int weight) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout);
    }

    public LeaseClientConfig withTiming(Timing timing) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout);
    }

    public LeaseClientConfig withDebounce(Duration debounce) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout);
    }

    public LeaseClientConfig withDrainTimeout(Duration drainTimeout) {
        return new LeaseClientConfig(clientId, weight, timing, debounce, drainTimeout);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unresolvable) {
            return "localhost";
        }
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new InvalidConfigurationException(
                    "%s is %s, but must not be negative: set zero or more.".formatted(name, value));
        }
    }
}
