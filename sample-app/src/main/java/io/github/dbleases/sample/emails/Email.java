package io.github.dbleases.sample.emails;

/**
 * An email that says that an order is done: a row of the outbox.
 *
 * @param id of the email
 * @param orderId of the order
 * @param address of the recipient
 * @param attempts the number of times that it was refused
 */
public record Email(long id, long orderId, String address, int attempts) {}
