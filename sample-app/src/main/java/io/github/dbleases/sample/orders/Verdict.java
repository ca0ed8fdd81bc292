package io.github.dbleases.sample.orders;

import java.time.Instant;
import java.util.List;

/**
 * The result of comparing all balances with the orders.
 *
 * @param orders how many orders there were, all of them done
 * @param customers how many balances were compared
 * @param wrong the balances that are not the sum of their customer's orders
 * @param checkedBy the instance that made the comparison
 * @param checkedAt when, by the database's clock
 */
public record Verdict(long orders, int customers, List<WrongBalance> wrong, String checkedBy, Instant checkedAt) {

    public Verdict {
        wrong = List.copyOf(wrong);
    }

    /** Returns whether every balance is right. */
    public boolean right() {
        return wrong.isEmpty();
    }

    /**
     * A balance that is not the sum of its customer's orders.
     *
     * @param customer the number of the customer
     * @param expected the sum of the orders, in cents
     * @param actual the balance, in cents
     */
    public record WrongBalance(String customer, long expected, long actual) {}
}
