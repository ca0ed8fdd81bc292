package io.github.dbleases.spring.properties;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of a property as it is written in a file or on the command line, split into its parts.
 *
 * @param parts the texts between the dots; the text in brackets is one part
 */
record WrittenName(List<Part> parts) {

    /**
     * A part of a name.
     *
     * @param bracketed whether it was in brackets, and is compared as it is
     */
    record Part(String text, boolean bracketed) {

        /** Returns whether a text keeps its meaning without brackets. */
        static boolean isPlain(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (!isLetterOrDigit(c) && c != '_' && c != '-') {
                    return false;
                }
            }
            return !text.isEmpty();
        }

        String uniform() {
            return WrittenName.uniform(text);
        }
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static WrittenName of(String name) {
        List<Part> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean inBrackets = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (inBrackets ? c == ']' : c == '.' || c == '[') {
                if (inBrackets || !part.isEmpty()) {
                    parts.add(new Part(part.toString(), inBrackets));
                }
                part.setLength(0);
                inBrackets = c == '[';
            } else {
                part.append(c);
            }
        }
        if (!part.isEmpty()) {
            parts.add(new Part(part.toString(), false));
        }
        return new WrittenName(List.copyOf(parts));
    }

    /** Returns the form by which Spring Boot compares: it takes {@code clientId}, {@code client_id} and {@code client-id} for one. */
    static String uniform(String part) {
        StringBuilder uniform = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            if (isLetterOrDigit(part.charAt(i))) {
                uniform.append(Character.toLowerCase(part.charAt(i)));
            }
        }
        return uniform.toString();
    }
}
