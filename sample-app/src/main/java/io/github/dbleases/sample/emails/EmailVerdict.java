package io.github.dbleases.sample.emails;

import java.time.Instant;
import java.util.List;

/**
 * The result of comparing all done orders with the sent emails.
 *
 * @param orders how many done orders have an email
 * @param sent how many emails were sent
 * @param givenUp how many orders have an email that was given up and is still in the outbox
 * @param lost how many orders have no email, neither sent nor given up
 * @param doubled how many orders have more than one sent email
 * @param wrong the first of the lost or doubled emails
 * @param checkedBy the instance that made the comparison
 * @param checkedAt when, by the database's clock
 */
public record EmailVerdict(
        long orders,
        long sent,
        long givenUp,
        long lost,
        long doubled,
        List<WrongEmail> wrong,
        String checkedBy,
        Instant checkedAt) {

    public EmailVerdict {
        wrong = List.copyOf(wrong);
    }

    /** Returns whether no email is lost and none is doubled. */
    public boolean right() {
        return lost == 0 && doubled == 0;
    }

    /**
     * An order whose email is lost or doubled.
     *
     * @param orderId the number of the order
     * @param times how often its email was sent
     */
    public record WrongEmail(long orderId, long times) {}
}
