package io.github.dbleases.keyvalue.file;

import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The main class of a process that keeps incrementing the number in a document and prints each number that it has
 * written, until it is killed.
 */
final class CountingProcess {

    static final String KEY = "lease/counter";

    /** Makes the document so long that many kills interrupt a write. */
    static final int LENGTH = 100_000;

    private CountingProcess() {}

    /** Takes the directory. */
    public static void main(String[] arguments) {
        FileBackend backend = new FileBackend(Path.of(arguments[0]));
        while (true) {
            Optional<Document> before = backend.get(KEY);
            long next = before.map(document -> number(document.content())).orElse(0L) + 1;
            backend.put(KEY, content(next), before.map(Document::version).orElse(null))
                    .ifPresent(version -> System.out.println(next));
        }
    }

    /** Returns a text that starts and ends with the number. */
    static String content(long number) {
        return number + " ".repeat(LENGTH) + number;
    }

    static long number(String content) {
        long number = Long.parseLong(content.substring(0, content.indexOf(' ')));
        if (!content.equals(content(number))) {
            throw new IllegalStateException("Torn: " + content.trim());
        }
        return number;
    }
}
