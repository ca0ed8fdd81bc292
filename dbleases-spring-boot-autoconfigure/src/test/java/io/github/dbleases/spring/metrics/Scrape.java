package io.github.dbleases.spring.metrics;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Prometheus reads from one instance.
 *
 * @param samples the values by series, such as {@code dbleases_leader{application="shop",election="reports"}}
 * @param types the types by the name of the family, such as {@code counter}
 */
record Scrape(Map<String, Double> samples, Map<String, String> types) {

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) ([a-z]+)");

    static Scrape parse(String text) {
        Map<String, Double> samples = new LinkedHashMap<>();
        Map<String, String> types = new HashMap<>();
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                samples.put(sample.group(1) + "{" + sample.group(2) + "}", Double.valueOf(sample.group(3)));
            }
        }
        return new Scrape(samples, types);
    }

    /** Returns the names of the series without labels. */
    Set<String> names() {
        return samples.keySet().stream().map(Scrape::name).collect(Collectors.toSet());
    }

    /** Returns the sum of all series that have a name and some labels, such as {@code state="active"}. */
    double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> name(sample.getKey()).equals(name))
                .filter(sample -> Set.of(labels).stream().allMatch(sample.getKey()::contains))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Returns whether a series only grows. Timers of what is active are summaries too. */
    boolean isCounter(String series) {
        String name = name(series);
        return !name.contains("_active_seconds")
                && ("counter".equals(types.get(name))
                        || "counter".equals(types.get(name.replaceFirst("_total$", "")))
                        || "summary".equals(types.get(name.replaceFirst("_(count|sum)$", ""))));
    }

    private static String name(String series) {
        return series.substring(0, series.indexOf('{'));
    }
}
