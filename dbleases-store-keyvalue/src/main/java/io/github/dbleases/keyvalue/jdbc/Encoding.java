package io.github.dbleases.keyvalue.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What is written into the columns: ASCII only, so that no character set or collation changes it. */
final class Encoding {

    private static final char ESCAPE = '\\';

    private Encoding() {}

    /** Returns what stands for a key, as exact as the key and shorter than what any database can index. */
    static String hash(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Writes each character that is not printable ASCII as a backslash, a u and four hexadecimal digits. */
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
     * Returns the text that was written.
     *
     * @param encoded null stands for no text at all, as some databases read it so
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
