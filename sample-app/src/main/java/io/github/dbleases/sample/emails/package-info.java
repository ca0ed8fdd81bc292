/**
 * The emails about finished orders: rows of a table that the instances share.
 *
 * <p>The statement that finishes an order also puts an email into the outbox. The runner {@code emails}, which is
 * declared in {@code application.yaml}, claims emails and passes them to {@link
 * io.github.dbleases.sample.emails.EmailSender}. Sending an email writes a row, in the transaction in which the runner
 * finishes the email. Nothing else prevents an email from being sent twice, so a mistake would leave two rows or none.
 * {@link io.github.dbleases.sample.emails.EmailCheck} finds that when the outbox is empty.
 *
 * <p>A real mail server takes no part in a transaction: if the sender dies after sending an email and before finishing
 * it, the email is sent again.
 */
@NullMarked
package io.github.dbleases.sample.emails;

import org.jspecify.annotations.NullMarked;
