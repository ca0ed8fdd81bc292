package io.github.dbleases.sample.emails;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MailDomainTests {

    private static final List<MailDomain> OF_CUSTOMERS = IntStream.rangeClosed(1, 500)
            .mapToObj("C-%04d"::formatted)
            .map(MailDomain::addressOf)
            .map(MailDomain::ofAddress)
            .toList();

    @Test
    void someCustomersUseServersThatRefuseTheFirstAttempts() {
        assertThat(OF_CUSTOMERS)
                .filteredOn(MailDomain.GREYLIST::equals)
                .as("one in ten")
                .hasSizeBetween(30, 70);
        assertThat(OF_CUSTOMERS)
                .filteredOn(MailDomain.BUSY::equals)
                .as("one in twenty")
                .hasSizeBetween(15, 35);
        assertThat(OF_CUSTOMERS).contains(MailDomain.values());
    }

    @Test
    void oneCustomerHasAWrongAddress() {
        assertThat(OF_CUSTOMERS).containsOnlyOnce(MailDomain.NOWHERE);
        assertThat(MailDomain.addressOf(MailDomain.UNREACHABLE)).isEqualTo("c-0377@nowhere.example");
    }
}
