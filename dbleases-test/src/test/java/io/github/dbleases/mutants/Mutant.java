package io.github.dbleases.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One safety check of the library, broken on purpose, and the tests that must notice it.
 *
 * @param name its name in the table
 * @param what how the library behaves with it
 * @param owner the edited class, without the root package
 * @param edits the edits of the class, usually one
 * @param killers the tests that must fail: classes without the root package, or methods after a {@code #}
 */
record Mutant(String name, String what, String owner, List<Edit> edits, List<String> killers) {

    /** The modules whose classes are edited, from the directory of this one. */
    private static final List<Path> MODULES =
            List.of(Path.of("../dbleases-core"), Path.of("../dbleases-store-keyvalue"));

    static final String ROOT = "io.github.dbleases.";

    /**
     * A replacement of a text that must occur once, whatever its line breaks and indentation are.
     *
     * @param text the text
     * @param replacement its replacement
     */
    record Edit(String text, String replacement) {

        private String applyTo(String source, Mutant mutant) {
            Pattern pattern = Pattern.compile(Arrays.stream(text.strip().split("\\s+"))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("\\s+")));
            Matcher found = pattern.matcher(source);
            long times = found.results().count();
            if (times != 1) {
                throw new IllegalStateException(
                        "Mutant '%s': the text occurs %d times in %s instead of once. Adapt it to the source: %s"
                                .formatted(mutant.name, times, mutant.file(), text));
            }
            return found.replaceFirst(Matcher.quoteReplacement(replacement));
        }
    }

    static Mutant of(String name, String what, String owner) {
        return new Mutant(name, what, owner, List.of(), List.of());
    }

    Mutant replace(String text, String replacement) {
        List<Edit> next = new ArrayList<>(edits);
        next.add(new Edit(text, replacement));
        return new Mutant(name, what, owner, next, killers);
    }

    Mutant remove(String text) {
        return replace(text, "");
    }

    Mutant killedBy(String... tests) {
        return new Mutant(name, what, owner, edits, List.of(tests));
    }

    Path file() {
        String source = "src/main/java/" + (ROOT + owner).replace('.', '/') + ".java";
        return MODULES.stream()
                .map(module -> module.resolve(source))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "Mutant '%s': no module has %s. Adapt it to the sources.".formatted(name, source)));
    }

    /** Returns the edited source of the class. */
    String source() throws IOException {
        String source = Files.readString(file());
        for (Edit edit : edits) {
            source = edit.applyTo(source, this);
        }
        return source;
    }
}
