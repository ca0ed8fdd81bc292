package io.github.dbleases.spring.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A document in Markdown.
 *
 * @param path where it is
 * @param text what it says
 */
record Document(Path path, String text) {

    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\|(.+)\\|$");

    /** Reads all documents: those beside the parent's pom and those in its folder docs. */
    static List<Document> all() {
        Path root = root();
        return Stream.of(root, root.resolve("docs")).flatMap(Document::in).toList();
    }

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("RATIONALE.md"))) {
            root = root.getParent();
        }
        return root;
    }

    /** Returns the names of the files in the main sources of all modules, and of the documents. */
    static Set<String> filesOfMainSources() {
        try (Stream<Path> files = Files.walk(root(), 16)) {
            return files.filter(file -> file.toString().contains("/src/main/java/")
                            || file.toString().endsWith(".md"))
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Document> in(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream()
                    .map(file -> new Document(file, read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one document. */
    static Document named(String name) {
        return all().stream()
                .filter(document -> document.path().endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns what stands between fences that name a language. */
    List<String> snippets(String language) {
        return FENCED.matcher(text)
                .results()
                .filter(fenced -> fenced.group(1).equals(language))
                .map(fenced -> fenced.group(2))
                .toList();
    }

    /** Returns the cells of the rows of all tables. */
    List<List<String>> rows() {
        return ROW.matcher(prose())
                .results()
                .map(row -> Stream.of(row.group(1).split("(?<!\\\\)\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    /** Returns the targets of all links, as they are written. */
    List<String> links() {
        return LINK.matcher(prose())
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.startsWith("https://"))
                .toList();
    }

    /** Returns whether a target, as it is written, is there. */
    boolean leadsSomewhere(String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty()
                ? path
                : path.resolveSibling(parts[0]).toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return parts.length == 1 || new Document(file, read(file)).anchors().contains(parts[1]);
    }

    /** Returns the anchors of the headings, as GitHub makes them. */
    private Set<String> anchors() {
        return HEADING.matcher(prose())
                .results()
                .map(heading -> heading.group(1))
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private String prose() {
        return FENCED.matcher(text).replaceAll((MatchResult fenced) -> "");
    }

    @Override
    public String toString() {
        return path.getFileName().toString();
    }
}
