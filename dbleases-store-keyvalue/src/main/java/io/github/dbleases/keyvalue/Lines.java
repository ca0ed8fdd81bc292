package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnusableException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/**
 * The text of a document: human-readable lines, each with a name and a value. The parser determines the order of the
 * lines, and any other line causes an error that names the line.
 */
final class Lines {

    private final Queue<String> rest;
    private int number;

    private Lines(List<String> lines) {
        this.rest = new ArrayDeque<>(lines);
    }

    /**
     * Parses the whole text of a document.
     *
     * @param place the location of the document, for messages
     * @throws StoreUnusableException if the text cannot be parsed
     */
    static <T> T parse(String place, String text, Function<Lines, T> parser) {
        try {
            Lines lines = new Lines(text.lines().toList());
            T parsed = parser.apply(lines);
            lines.end();
            return parsed;
        } catch (IllegalArgumentException wrong) {
            throw new StoreUnusableException(
                    "The document %s cannot be read: %s.".formatted(place, wrong.getMessage()),
                    "Restore its original content. If that is not possible, stop all clients, delete it and start them again.");
        }
    }

    /** Returns whether the next line has the given name. */
    boolean isNext(String name) {
        String next = rest.peek();
        return next != null && next.startsWith(name + ' ');
    }

    /** Reads the value of the next line, which must have the given name. */
    <T> T value(String name, Function<String, T> parser) {
        number++;
        String line = rest.poll();
        if (line == null || !line.startsWith(name + ' ')) {
            throw new IllegalArgumentException(
                    "line %d is '%s', but must begin with '%s '".formatted(number, line == null ? "" : line, name));
        }
        try {
            return parser.apply(line.substring(name.length() + 1));
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException(
                    "line %d is '%s', which has no valid value for %s: %s"
                            .formatted(number, line, name, wrong.getMessage()),
                    wrong);
        }
    }

    private void end() {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("line %d is unexpected: '%s'".formatted(number + 1, rest.peek()));
        }
    }
}
