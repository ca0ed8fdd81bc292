package io.github.dbleases.sample.emails;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of the mailing.
 *
 * @param outbox what is left to send
 * @param sent how many emails were sent
 * @param byInstance what each instance has sent
 * @param heldBySession how many emails of the outbox each session holds
 */
public record Mailing(Outbox outbox, long sent, Map<String, Share> byInstance, Map<Long, Long> heldBySession) {

    /**
     * What is left to send.
     *
     * @param waiting emails that have not been tried and that no session holds
     * @param held emails that have not been tried and that a session holds: they are being sent, or will be in a moment
     * @param again emails that were refused and will be tried again
     * @param oldestMillis how long the oldest of these has been waiting; null if there is none
     * @param givenUp emails that were refused so often that they are not tried again
     * @param answer why one of these was refused, null if there is none
     */
    public record Outbox(
            long waiting,
            long held,
            long again,
            @Nullable Long oldestMillis,
            long givenUp,
            @Nullable String answer) {}

    /**
     * What one instance has sent.
     *
     * @param sent how many emails
     * @param perSecond how many per second, over the last few seconds
     */
    public record Share(long sent, double perSecond) {

        /** The share of an instance that has not sent anything. */
        public static final Share NONE = new Share(0, 0);
    }
}
