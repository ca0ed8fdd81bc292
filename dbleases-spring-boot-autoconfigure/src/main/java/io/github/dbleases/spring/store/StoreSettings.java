package io.github.dbleases.spring.store;

import io.github.dbleases.StoreUnusableException;
import org.jspecify.annotations.Nullable;

/** Settings that a store cannot do without. */
public final class StoreSettings {

    private StoreSettings() {}

    /**
     * Returns the value of a property.
     *
     * @param type the type of the store that needs it
     * @param what what the property has to be
     * @throws StoreUnusableException if it is not set
     */
    public static String required(String type, String property, @Nullable String value, String what) {
        if (value == null) {
            throw new StoreUnusableException(
                    "dbleases.store.type is '%s', but %s is not set.".formatted(type, property),
                    "Set %s to %s.".formatted(property, what));
        }
        return value;
    }
}
