package io.github.dbleases.sample.emails;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the sending has come.
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
     * @param waiting emails that nobody has tried and that no session holds
     * @param held emails that nobody has tried and that a session holds: they are being sent, or will be in a moment
     * @param again emails that were refused and are to be tried once more
     * @param oldestMillis for how long the oldest of these has been waiting; null if there is none
     * @param givenUp emails that were refused so often that they are left alone
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
     * @param perSecond how many per second in the last seconds
     */
    public record Share(long sent, double perSecond) {

        /** That of an instance that has not sent anything. */
        public static final Share NONE = new Share(0, 0);
    }
}
