package io.github.dbleases.sample.emails;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The mail domains of the customers, and how their mail servers behave. */
public enum MailDomain {
    PILLARBOX("pillarbox.example", 0, ""),
    LETTERBOX("letterbox.example", 0, ""),
    PIGEONPOST("pigeonpost.example", 0, ""),
    AIRMAIL("airmail.example", 0, ""),

    /** Accepts an email only at the second attempt. */
    GREYLIST("greylist.example", 1, "451 4.7.1 Greylisted, try again later"),

    /** Accepts an email only at the third attempt. */
    BUSY("busy.example", 2, "421 4.3.2 Too busy, try again later"),

    /** Has no mailboxes. */
    NOWHERE("nowhere.example", Integer.MAX_VALUE, "550 5.1.1 No such mailbox");

    /** The only customer with a wrong address. This customer has few orders. */
    static final String UNREACHABLE = "C-0377";

    /** Out of this many customers, one uses the busy servers and two use the greylisting servers. */
    private static final int CUSTOMERS = 20;

    private static final List<MailDomain> EASY = List.of(PILLARBOX, LETTERBOX, PIGEONPOST, AIRMAIL);

    private final String domain;
    private final int refusals;
    private final String answer;

    MailDomain(String domain, int refusals, String answer) {
        this.domain = domain;
        this.refusals = refusals;
        this.answer = answer;
    }

    /** Returns the address of a customer, always the same. */
    public static String addressOf(String customer) {
        return customer.toLowerCase(Locale.ROOT) + "@" + ofCustomer(customer).domain;
    }

    private static MailDomain ofCustomer(String customer) {
        if (customer.equals(UNREACHABLE)) {
            return NOWHERE;
        }
        int number = Math.floorMod(customer.hashCode(), CUSTOMERS);
        return switch (number) {
            case 0 -> BUSY;
            case 1, 2 -> GREYLIST;
            default -> EASY.get(number % EASY.size());
        };
    }

    /** Returns the domain of an address. */
    static MailDomain ofAddress(String address) {
        return Stream.of(values())
                .filter(domain -> address.endsWith("@" + domain.domain))
                .findAny()
                .orElse(NOWHERE);
    }

    /** Returns how many times it refuses an email. */
    int refusals() {
        return refusals;
    }

    /** Returns the answer of the server when it refuses an email. */
    String answer() {
        return answer;
    }
}
