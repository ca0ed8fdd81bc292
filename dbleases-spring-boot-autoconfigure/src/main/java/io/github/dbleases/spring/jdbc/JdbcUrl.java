package io.github.dbleases.spring.jdbc;

import io.github.dbleases.InvalidConfigurationException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC URL. It can contain a password: as a parameter, or before the host, where other tools expect it. Messages therefore
 * only show the parts that are known to be harmless.
 *
 * <p>This class is internal.
 */
public final class JdbcUrl {

    private static final String POSTGRES = "jdbc:postgresql:";

    /** A URL without an '@', because the text before it may be a password. */
    private static final Pattern POSTGRES_PARTS =
            Pattern.compile("jdbc:postgresql:(//(?<hosts>[^/?@]*))?/?(?<database>[^?@]*)(\\?(?<parameters>.*))?");

    private static final Pattern HOSTS = Pattern.compile("(" + host() + "(," + host() + ")*)?");

    private static final Pattern SCHEME = Pattern.compile("((jdbc:)?[A-Za-z][A-Za-z0-9+.-]*:).*", Pattern.DOTALL);

    private final String url;
    private final @Nullable Matcher postgres;

    private JdbcUrl(String url) {
        this.url = url;
        Matcher parts = POSTGRES_PARTS.matcher(url);
        this.postgres = parts.matches() && hasHosts(parts) && hasParameters(parts) ? parts : null;
    }

    static JdbcUrl of(String url) {
        return new JdbcUrl(url);
    }

    /** Returns a URL without user, password and parameters. */
    public static String shown(@Nullable String url) {
        return url == null ? "null" : new JdbcUrl(url).shown();
    }

    private static String host() {
        return "([^\\s:,/?@\\[\\]]+|\\[[0-9A-Fa-f:.%]+])(:[0-9]{1,5})?";
    }

    private static boolean hasHosts(Matcher parts) {
        String hosts = parts.group("hosts");
        return hosts == null || HOSTS.matcher(hosts).matches();
    }

    /** A question mark in a password would make the rest of the URL look like parameters. */
    private static boolean hasParameters(Matcher parts) {
        String parameters = parts.group("parameters");
        if (parameters == null) {
            return true;
        }
        for (String parameter : parameters.split("&", -1)) {
            if (parameter.contains("@") && !parameter.contains("=")) {
                return false;
            }
        }
        return true;
    }

    /**
     * Refuses a URL that the driver would not understand, before the driver prints it.
     *
     * @param setting the setting that has the URL
     * @throws InvalidConfigurationException if the driver of PostgreSQL does not understand it
     */
    void requireValid(String setting) {
        if (url.startsWith(POSTGRES) && postgres == null) {
            boolean credentials = url.contains("@");
            throw new InvalidConfigurationException(
                    "The value of %s is %s, which the driver of PostgreSQL does not understand: %s."
                            .formatted(
                                    setting,
                                    shown(),
                                    credentials
                                            ? "it has something before an '@', perhaps a user and a password"
                                            : "host and port are not of the form host:port"),
                    credentials
                            ? "Write jdbc:postgresql://host:5432/database, and set the user and the password with properties of their own."
                            : "Write jdbc:postgresql://host:5432/database.");
        }
    }

    /**
     * Returns the exception for a URL that no driver accepts.
     *
     * @param setting the setting that has the URL
     */
    public static InvalidConfigurationException unknown(String url, String setting) {
        JdbcUrl parsed = new JdbcUrl(url);
        String found = parsed.scheme();
        return new InvalidConfigurationException(
                found.isEmpty()
                        ? "The value of %s does not begin with 'jdbc:' and the name of a driver.".formatted(setting)
                        : "The value of %s begins with '%s', which is the prefix of no JDBC driver of this application."
                                .formatted(setting, found),
                parsed.isMeantForPostgres()
                        ? "Write jdbc:postgresql://host:5432/database, and set the user and the password with properties of their own."
                        : "For PostgreSQL, write jdbc:postgresql://host:5432/database. For another database, add its driver "
                                + "to the class path.");
    }

    boolean isPostgres() {
        return url.startsWith(POSTGRES);
    }

    /** Returns whether it is a URL for PostgreSQL, or an attempt at one. */
    boolean isMeantForPostgres() {
        return !url.startsWith("jdbc:") || scheme().startsWith("jdbc:postgres") || scheme().startsWith("jdbc:pg");
    }

    /** Returns the text before the first part that may be secret. */
    private String scheme() {
        Matcher scheme = SCHEME.matcher(url);
        return scheme.matches() ? scheme.group(1) : "";
    }

    /** Returns hosts and ports as they are written, null if there are none. */
    @Nullable
    String hosts() {
        String hosts = postgres == null ? null : postgres.group("hosts");
        return hosts == null || hosts.isEmpty() ? null : hosts;
    }

    @Nullable
    String database() {
        String database = postgres == null ? null : postgres.group("database");
        return database == null || database.isEmpty() ? null : decoded(database);
    }

    /** Returns a harmless URL with the same prefix, to find the driver for this one. */
    String probe() {
        return scheme() + "//localhost/x";
    }

    /** Returns the parameters after the question mark, including secret ones. */
    Map<String, String> parameters() {
        Map<String, String> found = new LinkedHashMap<>();
        int start = url.indexOf('?');
        if (start >= 0) {
            for (String parameter : url.substring(start + 1).split("&", -1)) {
                int equals = parameter.indexOf('=');
                if (equals > 0) {
                    found.put(parameter.substring(0, equals), decoded(parameter.substring(equals + 1)));
                }
            }
        }
        return found;
    }

    /** Returns the parameters that are secret. */
    Map<String, String> secrets() {
        Map<String, String> secrets = parameters();
        secrets.keySet().removeIf(name -> !Redaction.isSecret(name));
        return secrets;
    }

    /** Returns the URL without its secret parameters. */
    String withoutSecrets() {
        int start = url.indexOf('?');
        if (start < 0) {
            return url;
        }
        String kept = Stream.of(url.substring(start + 1).split("&", -1))
                .filter(parameter -> !Redaction.isSecret(parameter.replaceFirst("=.*", "")))
                .collect(Collectors.joining("&"));
        return url.substring(0, start) + (kept.isEmpty() ? "" : "?" + kept);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    String shown() {
        if (postgres != null) {
            String hosts = hosts();
            String database = postgres.group("database");
            return POSTGRES + (hosts == null ? "" : "//" + hosts + "/") + (database == null ? "" : database);
        }
        return scheme() + "***";
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return shown();
    }
}
