package io.github.dbleases.spring.context;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.util.StringUtils;

/** Names of the beans that belong to something with a name of its own. */
public final class BeanNames {

    private BeanNames() {}

    /** Returns the name in camel case, with a suffix: that of {@code order-items} and {@code Lease} is {@code orderItemsLease}. */
    public static String of(String name, String suffix) {
        String camelCase = Arrays.stream(name.split("[^A-Za-z0-9]+"))
                .map(StringUtils::capitalize)
                .collect(Collectors.joining());
        return StringUtils.uncapitalize(camelCase) + suffix;
    }
}
