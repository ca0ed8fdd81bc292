package io.github.dbleases.postgres;

import java.util.Collection;
import java.util.stream.Collectors;

/** The payload of a notification: the ids of the sessions that it concerns, or all. */
final class Hints {

    private static final String EVERYBODY = "*";

    /** A payload ends at 8,000 bytes, an id below 2^53 has up to 16 digits. */
    private static final int MOST = 400;

    private Hints() {}

    static String payload(Collection<Long> sessions) {
        return sessions.size() > MOST
                ? EVERYBODY
                : sessions.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    static boolean concern(long session, String payload) {
        return payload.equals(EVERYBODY) || (" " + payload + " ").contains(" " + session + " ");
    }
}
