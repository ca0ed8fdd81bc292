/**
 * The emails about finished orders, which the instances share by the rows of a table.
 *
 * <p>The statement that finishes an order also puts an email into the outbox. The runner {@code emails}, which is declared in
 * {@code application.yaml}, claims emails and hands them to {@link io.github.dbleases.sample.emails.EmailSender}. Sending one
 * writes a row, in the transaction in which the runner finishes the email. Nothing else keeps an email from being sent twice,
 * so a mistake would leave two rows or none, which {@link io.github.dbleases.sample.emails.EmailCheck} finds when the outbox
 * is empty.
 *
 * <p>A real mail server takes no part in a transaction. With it, an email whose sender dies between the sending and the
 * finish is sent again.
 */
@NullMarked
package io.github.dbleases.sample.emails;

import org.jspecify.annotations.NullMarked;
