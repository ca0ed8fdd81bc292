package io.github.dbleases.postgres.tasks;

import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The types of ids that can be mapped to whole numbers in their order, so that the order can be cut into blocks. */
enum IdScale {
    BIGINT("bigint", Long.MAX_VALUE),
    INTEGER("integer", Integer.MAX_VALUE),
    /** Mapped by their first 63 bits, which are random, or a time with random bits or a counter. */
    UUIDS("uuid", Long.MAX_VALUE) {

        @Override
        long position(String id) {
            return UUID.fromString(id).getMostSignificantBits() >>> 1;
        }

        @Override
        String firstAt(long position) {
            return new UUID(position << 1, 0).toString();
        }
    };

    private final String type;
    private final long last;

    IdScale(String type, long last) {
        this.type = type;
        this.last = last;
    }

    /** Returns the scale for a type, as SQL spells it; null if there is none. */
    static @Nullable IdScale of(String type) {
        return Arrays.stream(values())
                .filter(scale -> scale.type.equals(type))
                .findFirst()
                .orElse(null);
    }

    /** Returns the position of an id, which is never less than that of a smaller id. */
    long position(String id) {
        return Long.parseLong(id);
    }

    /** Returns the smallest id at a position. */
    String firstAt(long position) {
        return Long.toString(position);
    }

    /** Returns the last position. */
    long last() {
        return last;
    }
}
