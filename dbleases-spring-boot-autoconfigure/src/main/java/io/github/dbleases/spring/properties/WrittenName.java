package io.github.dbleases.spring.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The name of a property as it is written in a file or on the command line, in its parts.
 *
 * @param parts what is between the dots; what is in brackets is one part
 */
record WrittenName(List<Part> parts) {

    /**
     * A part of a name.
     *
     * @param bracketed whether it was in brackets, and is taken as it is
     */
    record Part(String text, boolean bracketed) {

        /** Whether it can be written without brackets and stays what it is. */
        static boolean isPlain(String text) {
            return text.matches("[A-Za-z0-9_-]+");
        }

        String uniform() {
            return WrittenName.uniform(text);
        }
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

    /** Returns what counts of a part: Spring Boot takes {@code clientId}, {@code client_id} and {@code client-id} for one. */
    static String uniform(String part) {
        return part.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
