package io.github.dbleases.keyvalue.file;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Maps keys to file names. The names are readable, safe on every file system, and different for different keys even
 * where case is ignored. A long name is truncated and ends with a hash of the key.
 */
final class FileNames {

    private static final String SUFFIX = ".txt";
    private static final int LONGEST = 180;
    private static final int CUT = 100;

    private FileNames() {}

    static String of(String key) {
        String name = encode(key);
        return (name.length() <= LONGEST ? name : name.substring(0, CUT) + '~' + hash(key)) + SUFFIX;
    }

    static boolean isDocument(String name) {
        return name.endsWith(SUFFIX);
    }

    /** Returns whether a file may belong to a key with a prefix. Only its header tells for sure. */
    static boolean mayHavePrefix(String name, String prefix) {
        String start = encode(prefix);
        return name.startsWith(start.substring(0, Math.min(CUT, start.length())));
    }

    private static String encode(String key) {
        StringBuilder name = new StringBuilder(key.length() + 8);
        for (int i = 0; i < key.length(); i++) {
            char letter = key.charAt(i);
            switch (letter) {
                case '/' -> name.append('+');
                case ':' -> name.append('=');
                default -> {
                    if (letter >= 'A' && letter <= 'Z') {
                        name.append('@').append((char) (letter + 'a' - 'A'));
                    } else if (isPlain(letter)) {
                        name.append(letter);
                    } else {
                        throw new IllegalArgumentException(
                                "Key '%s' contains '%c', but may contain only letters, digits and . _ - : /"
                                        .formatted(key, letter));
                    }
                }
            }
        }
        return name.toString();
    }

    private static boolean isPlain(char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || ".-_".indexOf(letter) >= 0;
    }

    private static String hash(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
