package io.github.dbleases.sample.web;

import io.github.dbleases.sample.emails.GivenUpEmails;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Retries emails that were given up. */
@RestController
@RequestMapping("/emails")
class EmailController {

    private final GivenUpEmails emails;

    EmailController(GivenUpEmails emails) {
        this.emails = emails;
    }

    /** The number of emails that are retried. */
    record Retried(int emails) {}

    @PostMapping("/retry")
    Retried retry() {
        return new Retried(emails.retry());
    }
}
