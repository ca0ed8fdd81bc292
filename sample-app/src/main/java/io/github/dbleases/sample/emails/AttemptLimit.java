package io.github.dbleases.sample.emails;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** After how many attempts the runner puts an email aside. */
@Component
class AttemptLimit {

    private final int limit;

    /** Knows the property of the runner, which is 0 if no email is ever put aside. */
    AttemptLimit(@Value("${dbleases.runners.emails.max-attempts}") int maxAttempts) {
        this.limit = maxAttempts == 0 ? Integer.MAX_VALUE : maxAttempts;
    }

    int limit() {
        return limit;
    }
}
