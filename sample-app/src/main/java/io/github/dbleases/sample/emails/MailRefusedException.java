package io.github.dbleases.sample.emails;

/** A mail server does not take an email, this time or ever. */
final class MailRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    MailRefusedException(String address, String answer) {
        super("%s: %s".formatted(address, answer));
    }
}
