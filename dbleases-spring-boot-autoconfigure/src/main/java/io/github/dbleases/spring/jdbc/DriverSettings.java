package io.github.dbleases.spring.jdbc;

import io.github.dbleases.Timing;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Settings of the PostgreSQL driver for one use. Its timeouts are whole seconds; the code that uses the connection has to
 * enforce shorter ones.
 *
 * @param values the driver's properties by name
 */
record DriverSettings(Map<String, String> values) {

    private static final Duration PATIENT_CONNECT = Duration.ofSeconds(10);
    private static final Duration PATIENT_ANSWER = Duration.ofSeconds(10);

    /** For leases: each attempt keeps to the time budget, including the look-up of the host name. */
    static DriverSettings forLeases(String clientId, Timing timing) {
        return of("dbleases " + clientId, timing.attemptTimeout(), timing.attemptTimeout());
    }

    /** For a check that must not delay the start. */
    static DriverSettings forValidation(Timing timing) {
        return of("dbleases validation", timing.attemptTimeout(), PATIENT_ANSWER);
    }

    /** For migrations, which may wait for another instance that migrates, and may take their time. */
    static DriverSettings forMigration() {
        return of("dbleases migration", PATIENT_CONNECT, Duration.ZERO);
    }

    private static DriverSettings of(String applicationName, Duration connect, Duration answer) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("ApplicationName", applicationName);
        values.put("tcpKeepAlive", "true");
        values.put("connectTimeout", wholeSeconds(connect));
        // Looking up the host, opening the socket, encryption and log-in together
        values.put("loginTimeout", wholeSeconds(connect));
        values.put("socketTimeout", wholeSeconds(answer));
        return new DriverSettings(values);
    }

    private static String wholeSeconds(Duration duration) {
        return String.valueOf(duration.plusMillis(999).toSeconds());
    }

    /** Returns a URL with these settings appended. Of two settings with the same name, the driver uses the last. */
    String appendTo(String url) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", url + (url.contains("?") ? "&" : "?"), ""));
    }
}
