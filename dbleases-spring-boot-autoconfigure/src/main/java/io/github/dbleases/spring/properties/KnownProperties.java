package io.github.dbleases.spring.properties;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The properties that exist: the components of the record to which they are bound, and of the records in it. Reading them
 * takes reflection, so one object is kept for all checks.
 *
 * <p>Every start reads all properties and looks for each one that is set, so these methods use loops. A lambda expression or a
 * method reference costs more at its first use than everything else here. The methods that explain a mistake use streams.
 */
public final class KnownProperties {

    /** Stands for a name of the application's choice. */
    static final String NAME = "<name>";

    private final String prefix;
    private final List<Known> all;

    /**
     * Reads the properties of a type.
     *
     * @param type the record to which the properties with the prefix are bound
     */
    public KnownProperties(String prefix, Class<?> type) {
        this.prefix = prefix;
        List<Known> found = new ArrayList<>();
        read(List.of(), type, found);
        this.all = List.copyOf(found);
    }

    /**
     * A property.
     *
     * @param parts in kebab case, after the prefix; {@link #NAME} stands for any name
     * @param open whether there may be more after them, such as an index
     */
    record Known(List<String> parts, boolean open) {

        /** Whether it is one for each name, such as {@code leases.<name>.partitions}. */
        boolean isNamed() {
            return parts.size() > 2 && parts.get(1).equals(NAME);
        }

        String group() {
            return parts.get(0);
        }

        List<String> below() {
            return parts.subList(2, parts.size());
        }
    }

    private static void read(List<String> parents, Class<?> type, List<Known> found) {
        if (!type.isRecord()) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            read(with(parents, kebabCase(component.getName())), component, found);
        }
    }

    private static void read(List<String> parts, RecordComponent component, List<Known> found) {
        Class<?> type = component.getType();
        if (type.isRecord()) {
            read(parts, type, found);
        } else if (Map.class.isAssignableFrom(type)
                && component.getGenericType() instanceof ParameterizedType map
                && isRecord(map.getActualTypeArguments()[1])) {
            read(with(parts, NAME), (Class<?>) map.getActualTypeArguments()[1], found);
        } else {
            found.add(new Known(
                    parts,
                    type.isArray() || Map.class.isAssignableFrom(type) || Collection.class.isAssignableFrom(type)));
        }
    }

    private static boolean isRecord(Type type) {
        return type instanceof Class<?> found && found.isRecord();
    }

    private static List<String> with(List<String> parents, String part) {
        List<String> parts = new ArrayList<>(parents);
        parts.add(part);
        return List.copyOf(parts);
    }

    private static String kebabCase(String camelCase) {
        StringBuilder kebabCase = new StringBuilder();
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                kebabCase.append('-');
            }
            kebabCase.append(Character.toLowerCase(c));
        }
        return kebabCase.toString();
    }

    List<Known> all() {
        return all;
    }

    String prefix() {
        return prefix;
    }

    /** Returns the properties that are not below a name of the application's choice. */
    public List<String> unnamed() {
        List<String> names = new ArrayList<>();
        for (Known known : all) {
            if (!known.isNamed()) {
                names.add(prefix + "." + String.join(".", known.parts()));
            }
        }
        return names;
    }

    /** Returns the groups with one set of properties for each name. */
    Set<String> groups() {
        return all.stream()
                .filter(Known::isNamed)
                .map(Known::group)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns the parts of a name that is below the prefix, empty for any other name. Most names are not, and cost little. */
    Optional<WrittenName> belowPrefix(String name) {
        int first = 0;
        while (first < name.length() && !Character.isLetterOrDigit(name.charAt(first))) {
            first++;
        }
        if (first == name.length() || Character.toLowerCase(name.charAt(first)) != prefix.charAt(0)) {
            return Optional.empty();
        }
        WrittenName written = WrittenName.of(name);
        return written.parts().size() > 1 && written.parts().get(0).uniform().equals(prefix)
                ? Optional.of(written)
                : Optional.empty();
    }

    /** Returns the property of a name, empty if there is none. */
    Optional<Known> find(WrittenName name) {
        List<WrittenName.Part> parts = name.parts().subList(1, name.parts().size());
        for (Known known : all) {
            if (matches(known, parts)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    private static boolean matches(Known known, List<WrittenName.Part> parts) {
        int size = known.parts().size();
        if (parts.size() != size && !(known.open() && parts.size() > size)) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!matches(known.parts().get(i), parts.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(String known, WrittenName.Part part) {
        return known.equals(NAME)
                ? part.bracketed() || WrittenName.Part.isPlain(part.text())
                : WrittenName.uniform(known).equals(part.uniform());
    }

    /** Returns whether a name has known properties below it. */
    boolean isGroup(WrittenName name) {
        List<String> parts =
                name.parts().stream().skip(1).map(WrittenName.Part::uniform).toList();
        return all.stream()
                .map(known -> known.parts().stream()
                        .limit(parts.size())
                        .map(WrittenName::uniform)
                        .toList())
                .anyMatch(parts::equals);
    }

    /** Returns what a name that is not known was probably meant to be, or which names exist. */
    String hint(WrittenName name) {
        List<WrittenName.Part> parts = name.parts().subList(1, name.parts().size());
        return all.stream()
                .flatMap(known -> known.isNamed() ? named(known, parts) : Stream.of(plain(known, parts)))
                .filter(Candidate::isLikely)
                .min(Comparator.comparingInt(Candidate::distance))
                .map(candidate -> "Did you mean %s?".formatted(candidate.name()))
                .orElseGet(() -> siblings(parts));
    }

    /**
     * A property that may have been meant.
     *
     * @param distance number of wrong characters
     * @param length number of characters, without those that the application chose
     */
    private record Candidate(String name, int distance, int length) {

        boolean isLikely() {
            return distance <= Math.max(1, length / 3);
        }
    }

    private Candidate plain(Known known, List<WrittenName.Part> parts) {
        String wanted = known.parts().stream().map(WrittenName::uniform).collect(Collectors.joining());
        String written = parts.stream().map(WrittenName.Part::uniform).collect(Collectors.joining());
        return new Candidate(
                prefix + "." + String.join(".", known.parts()), EditDistance.of(wanted, written), wanted.length());
    }

    /** The name may consist of any of the parts between the first and the last. */
    private Stream<Candidate> named(Known known, List<WrittenName.Part> parts) {
        String group = WrittenName.uniform(known.group());
        String below = known.below().stream().map(WrittenName::uniform).collect(Collectors.joining());
        return IntStream.range(2, parts.size()).mapToObj(end -> {
            String name =
                    parts.subList(1, end).stream().map(WrittenName.Part::text).collect(Collectors.joining("."));
            String written = parts.subList(end, parts.size()).stream()
                    .map(WrittenName.Part::uniform)
                    .collect(Collectors.joining());
            int distance = EditDistance.of(group, parts.get(0).uniform()) + EditDistance.of(below, written);
            return new Candidate(named(known, name), distance, group.length() + below.length());
        });
    }

    /** Returns a property below a name, with brackets around the name if it needs them. */
    String named(Known known, String name) {
        return prefix + "." + known.group() + (WrittenName.Part.isPlain(name) ? "." + name : "[" + name + "]") + "."
                + String.join(".", known.below());
    }

    private String siblings(List<WrittenName.Part> parts) {
        String group = parts.get(0).uniform();
        List<String> near = all.stream()
                .filter(known -> WrittenName.uniform(known.group()).equals(group))
                .map(known -> prefix + "." + String.join(".", known.parts()))
                .toList();
        return near.isEmpty()
                ? "Below %s there are: %s."
                        .formatted(
                                prefix,
                                all.stream()
                                        .map(Known::group)
                                        .distinct()
                                        .sorted()
                                        .collect(Collectors.joining(", ")))
                : "There are: %s.".formatted(String.join(", ", near));
    }

    /** Returns the environment variables that set a property; for a property below a name, with the given name. */
    List<String> variables(Known known, String name) {
        List<String> parts = new ArrayList<>();
        parts.add(prefix);
        known.parts().forEach(part -> parts.add(part.equals(NAME) ? name : part));
        String readable = parts.stream()
                .map(part -> part.replace('-', '_').toUpperCase(Locale.ROOT))
                .collect(Collectors.joining("_"));
        String uniform = parts.stream()
                .map(part -> WrittenName.uniform(part).toUpperCase(Locale.ROOT))
                .collect(Collectors.joining("_"));
        return List.of(readable, uniform);
    }
}
