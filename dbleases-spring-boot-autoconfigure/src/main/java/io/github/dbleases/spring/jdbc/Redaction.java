package io.github.dbleases.spring.jdbc;

import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Removes URLs and passwords from the messages of drivers. */
final class Redaction {

    private static final String MASK = "***";

    private static final Pattern PARAMETER = Pattern.compile(
            "(?i)\\b(\\w*(?:password|passwd|pwd|passphrase|secret|token|credential)\\w*\\s*=\\s*)[^&\\s]+");

    private static final Pattern CREDENTIALS = Pattern.compile("//[^\\s?\"']*@");

    private final String url;
    private final String sent;
    private final Set<String> secrets = new LinkedHashSet<>();

    /**
     * Collects the secrets of a target.
     *
     * @param sent the URL as the driver gets it
     */
    Redaction(ConnectionTarget target, String sent) {
        this.url = target.url();
        this.sent = sent;
        JdbcUrl parsed = JdbcUrl.of(url);
        Stream.of(target.password(), target.properties().getProperty("password"))
                .filter(secret -> secret != null && !secret.isEmpty())
                .forEach(secrets::add);
        parsed.secrets().values().stream().filter(secret -> !secret.isEmpty()).forEach(secrets::add);
        // In development databases the password is often the same as the user or the database, which messages need.
        Stream.of(target.effectiveUser(), parsed.database(), parsed.hosts())
                .filter(known -> known != null)
                .forEach(secrets::remove);
    }

    /** Returns whether the value of a parameter must not be shown. */
    static boolean isSecret(String parameter) {
        return PARAMETER.matcher(parameter.toLowerCase(Locale.ROOT) + "=x").matches();
    }

    /** Returns a text without secrets. */
    String of(@Nullable String text) {
        String shown = JdbcUrl.shown(url);
        String redacted = String.valueOf(text).replace(sent, shown).replace(url, shown);
        redacted = PARAMETER.matcher(redacted).replaceAll("$1" + Matcher.quoteReplacement(MASK));
        redacted = CREDENTIALS.matcher(redacted).replaceAll("//" + Matcher.quoteReplacement(MASK) + "@");
        for (String secret : secrets) {
            redacted = redacted.replaceAll(
                    "(?<![A-Za-z0-9])" + Pattern.quote(secret) + "(?![A-Za-z0-9])", Matcher.quoteReplacement(MASK));
        }
        return redacted;
    }

    /** Returns a failure without secrets: the same one if it has none. */
    SQLException of(SQLException failure) {
        if (!tells(failure)) {
            return failure;
        }
        SQLException redacted =
                new SQLException(of(failure.getMessage()), failure.getSQLState(), failure.getErrorCode());
        redacted.setStackTrace(failure.getStackTrace());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (!tells(cause)) {
                redacted.initCause(cause);
                break;
            }
        }
        return redacted;
    }

    private boolean tells(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (tellsItself(cause) || Stream.of(cause.getSuppressed()).anyMatch(this::tells)) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getNextException() != null && tells(sql.getNextException())) {
                return true;
            }
        }
        return false;
    }

    private boolean tellsItself(Throwable failure) {
        String text = failure.toString();
        return !of(text).equals(text);
    }
}
