package io.github.dbleases.spring.properties;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.spring.properties.KnownProperties.Known;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.ObjectUtils;

/**
 * Goes through all properties that are set and finds those that do not exist.
 *
 * <p>A name in an environment variable is ambiguous: {@code DBLEASES_LEASES_MYORDERS_PARTITIONS} may be meant for
 * {@code my-orders}, for which Spring Boot uses it, but it would also add {@code myorders}. So a variable adds a name only
 * if no names are configured elsewhere.
 */
public final class PropertyCheck {

    private final KnownProperties known;
    private final Map<String, Group> groups = new HashMap<>();
    private final Map<String, String> wrong = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private PropertyCheck(KnownProperties known) {
        this.known = known;
    }

    /**
     * The names below one property.
     *
     * @param exact those that are written as they are
     * @param ofVariables those that only environment variables name
     * @param bound those that binding makes of environment variables, whether they are meant or not
     */
    private record Group(Set<String> exact, Set<String> ofVariables, Set<String> bound) {

        Group() {
            this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }

        String described() {
            return exact.isEmpty() ? "none" : String.join(", ", exact);
        }
    }

    private Group group(String name) {
        Group group = groups.get(name);
        if (group == null) {
            group = new Group();
            groups.put(name, group);
        }
        return group;
    }

    /**
     * Checks what is set in an environment.
     *
     * @param known the properties that exist
     */
    public static PropertyCheck of(ConfigurableEnvironment environment, KnownProperties known) {
        PropertyCheck check = new PropertyCheck(known);
        String variablePrefix = known.prefix().toUpperCase(Locale.ROOT) + "_";
        Set<String> variables = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    boolean variable = source instanceof SystemEnvironmentPropertySource && !name.contains(".");
                    if (!variable) {
                        check.checkName(name, enumerable);
                    } else if (name.regionMatches(true, 0, variablePrefix, 0, variablePrefix.length())) {
                        variables.add(name);
                    }
                }
            }
        }
        check.checkSpellings();
        if (!variables.isEmpty()) {
            check.checkVariables(variables);
        }
        return check;
    }

    /**
     * Requires that each property that is set for this application exists.
     *
     * @throws InvalidConfigurationException if one does not
     */
    public void requireKnown() {
        if (!wrong.isEmpty()) {
            throw new InvalidConfigurationException(
                    String.join(System.lineSeparator(), wrong.values()),
                    wrong.size() == 1 ? "Correct or remove the property." : "Correct or remove the properties.");
        }
    }

    /** Returns a warning for each property that is set for the whole process and has no effect. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Returns whether a key of a bound map only comes from the name of an environment variable that means another key. */
    public boolean isPhantom(String group, String name) {
        Group found = group(group);
        return found.bound().contains(name)
                && !found.exact().contains(name)
                && !found.ofVariables().contains(name);
    }

    private void checkName(String name, EnumerablePropertySource<?> source) {
        WrittenName written = known.belowPrefix(name).orElse(null);
        if (written == null) {
            return;
        }
        Optional<Known> found = known.find(written);
        if (found.isPresent()) {
            if (found.get().isNamed()) {
                group(found.get().group()).exact().add(written.parts().get(2).text());
            }
            return;
        }
        if (known.isGroup(written) && ObjectUtils.isEmpty(source.getProperty(name))) {
            // A key in YAML with nothing below it.
            return;
        }
        String problem =
                "Property %s does not exist (%s). %s".formatted(name, origin(name, source), known.hint(written));
        if (isOfProcess(source)) {
            warnings.add(problem);
        } else {
            wrong.putIfAbsent(name, problem);
        }
    }

    private static boolean isOfProcess(PropertySource<?> source) {
        return source instanceof SystemEnvironmentPropertySource
                || source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    }

    private static String origin(String name, PropertySource<?> source) {
        Origin origin = OriginLookup.getOrigin(source, name);
        return origin != null ? origin.toString() : "in " + source.getName();
    }

    /** Spring Boot would make two, with the same settings. */
    private void checkSpellings() {
        for (Map.Entry<String, Group> group : groups.entrySet()) {
            Map<String, List<String>> spellings = new TreeMap<>();
            for (String name : group.getValue().exact()) {
                if (WrittenName.Part.isPlain(name)) {
                    String uniform = WrittenName.uniform(name);
                    spellings.putIfAbsent(uniform, new ArrayList<>());
                    spellings.get(uniform).add(name);
                }
            }
            for (Map.Entry<String, List<String>> same : spellings.entrySet()) {
                if (same.getValue().size() > 1) {
                    wrong.put(
                            group.getKey() + " " + same.getKey(),
                            ("The names %s below dbleases.%s differ only in upper case, '-' and '_', which Spring Boot "
                                            + "ignores. Use one spelling.")
                                    .formatted(String.join(" and ", same.getValue()), group.getKey()));
                }
            }
        }
    }

    private void checkVariables(Set<String> variables) {
        Set<String> meant = new TreeSet<>();
        Set<String> open = new HashSet<>();
        for (Known property : known.all()) {
            Stream<String> names = property.isNamed() ? group(property.group()).exact().stream() : Stream.of("");
            List<String> forms = names.flatMap(name -> known.variables(property, name).stream())
                    .toList();
            meant.addAll(forms);
            if (property.open()) {
                open.addAll(forms);
            }
        }
        for (String variable : variables) {
            String upperCase = variable.toUpperCase(Locale.ROOT);
            boolean understood = meant.contains(upperCase)
                    || open.stream().anyMatch(property -> upperCase.startsWith(property + "_"));
            checkVariable(variable, upperCase, understood, meant);
        }
    }

    private void checkVariable(String variable, String upperCase, boolean understood, Set<String> meant) {
        List<String> parts = List.of(upperCase.split("_", -1));
        String group = parts.get(1).toLowerCase(Locale.ROOT);
        boolean named = known.groups().contains(group) && parts.size() > 2;
        String name = named ? parts.get(2).toLowerCase(Locale.ROOT) : "";
        if (named) {
            group(group).bound().add(name);
        }
        if (understood) {
            return;
        }
        boolean exists = named
                && known.all().stream()
                        .filter(property ->
                                property.isNamed() && property.group().equals(group))
                        .anyMatch(property -> known.variables(property, name).contains(upperCase));
        if (exists && group(group).exact().isEmpty()) {
            group(group).ofVariables().add(name);
        } else if (exists) {
            warnings.add(
                    ("Environment variable %1$s has no effect: no name below dbleases.%2$s that is configured elsewhere is "
                                    + "meant by it (%3$s). %4$s To add a name, write it in a file or on the command line.")
                            .formatted(
                                    variable,
                                    group,
                                    group(group).described(),
                                    near(upperCase, meant, "There is no similar one.")));
        } else {
            warnings.add("Environment variable %s has no effect. %s"
                    .formatted(
                            variable,
                            near(
                                    upperCase,
                                    meant,
                                    named
                                            ? "Configured below dbleases.%s: %s."
                                                    .formatted(
                                                            group, group(group).described())
                                            : "There is no such property.")));
        }
    }

    private static String near(String variable, Set<String> meant, String otherwise) {
        int tolerated = Math.max(1, (variable.length() - "DBLEASES_".length()) / 4);
        return meant.stream()
                .filter(candidate -> EditDistance.of(candidate, variable) <= tolerated)
                .min(Comparator.comparingInt(candidate -> EditDistance.of(candidate, variable)))
                .map("Did you mean %s?"::formatted)
                .orElse(otherwise);
    }
}
