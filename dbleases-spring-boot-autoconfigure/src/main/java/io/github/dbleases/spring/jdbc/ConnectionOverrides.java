package io.github.dbleases.spring.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Parts of an address that replace those of a data source. This type is internal.
 *
 * @param prefix the prefix of the properties that have these parts, for messages
 * @param url the JDBC URL, or null to leave it
 * @param user the user, or null to leave it
 * @param password the password, or null to leave it; a password without a user is that of the original user
 */
public record ConnectionOverrides(
        String prefix,
        @Nullable String url,
        @Nullable String user,
        @Nullable String password) {

    /** Returns whether no part is replaced. */
    public boolean isEmpty() {
        return url == null && user == null && password == null;
    }

    String property(String part) {
        return prefix + "." + part;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConnectionOverrides[url=%s, user=%s]".formatted(JdbcUrl.shown(url), user);
    }
}
