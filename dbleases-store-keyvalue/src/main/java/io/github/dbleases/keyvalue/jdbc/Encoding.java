package io.github.dbleases.keyvalue.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Encodes column values in ASCII, so that no character set or collation changes them. */
final class Encoding {

    private static final char ESCAPE = '\\';

    private Encoding() {}

    /** Returns a hash that identifies a key and is short enough for an index in any database. */
    static String hash(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Writes each character that is not printable ASCII, and each backslash, as a backslash, a u and four hexadecimal
     * digits.
     */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~' && c != ESCAPE) {
                encoded.append(c);
            } else {
                encoded.append(ESCAPE).append('u').append(HexFormat.of().toHexDigits(c));
            }
        }
        return encoded.toString();
    }

    /**
     * Returns the original text.
     *
     * @param encoded the column value; null means the empty text, because some databases store it as null
     */
    static String decode(@Nullable String encoded) {
        if (encoded == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == ESCAPE) {
                text.append((char) HexFormat.fromHexDigits(encoded, i + 2, i + 6));
                i += 5;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
