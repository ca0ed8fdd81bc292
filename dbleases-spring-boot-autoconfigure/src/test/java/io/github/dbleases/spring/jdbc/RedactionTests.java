package io.github.dbleases.spring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedactionTests {

    private static final String URL = "jdbc:postgresql://db/shop?password=geheim";

    @Test
    void urlsAndPasswordsAreTakenOutOfWhatADriverSays() {
        Redaction redaction = redaction(URL, "app", "hunter2");

        assertThat(redaction.of("Unable to parse URL " + URL))
                .isEqualTo("Unable to parse URL jdbc:postgresql://db/shop");
        assertThat(redaction.of("Sent " + URL + "&connectTimeout=1")).doesNotContain("geheim");
        assertThat(redaction.of("bad port: hunter2@db")).isEqualTo("bad port: ***@db");
        assertThat(redaction.of("{user=app, password=other}")).isEqualTo("{user=app, password=***");
        assertThat(redaction.of("see //me:pw@db/shop")).isEqualTo("see //***@db/shop");
    }

    @Test
    void whatIsNoSecretStays() {
        String said = "password authentication failed for user \"shop\"";

        assertThat(redaction("jdbc:postgresql://db/shop", "shop", "shop").of(said))
                .isEqualTo(said);
        assertThat(redaction("jdbc:postgresql://db/shop", "app", "a").of(said)).isEqualTo(said);
    }

    @Test
    void causesAndTheirCompanyTellNothingEither() {
        SQLException failure =
                new SQLException("No", "08001", new IllegalStateException("at " + URL, new Exception("x")));
        failure.addSuppressed(new Exception("geheim"));

        SQLException redacted = redaction(URL, "app", null).of(failure);

        StringWriter trace = new StringWriter();
        redacted.printStackTrace(new PrintWriter(trace, true));
        assertThat(trace.toString()).doesNotContain("geheim").contains("SQLException: No");
        assertThat(redacted.getSQLState()).isEqualTo("08001");
        assertThat(redacted.getCause()).hasMessage("x");
    }

    @Test
    void aFailureThatTellsNothingStaysWhatItIs() {
        SQLException failure = new SQLException("No", "08001");

        SQLException same = redaction(URL, "app", "hunter2").of(failure);

        assertThat((Throwable) same).isSameAs(failure);
    }

    private static Redaction redaction(String url, String user, @Nullable String password) {
        ConnectionTarget.Settings settings = new ConnectionTarget.Settings("url", "user", "password");
        ConnectionTarget target = new ConnectionTarget(url, null, user, password, new Properties(), settings);
        return new Redaction(target, url + "&connectTimeout=1");
    }
}
