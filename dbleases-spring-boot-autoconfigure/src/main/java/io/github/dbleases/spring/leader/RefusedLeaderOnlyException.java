package io.github.dbleases.spring.leader;

import io.github.dbleases.DbLeasesException;
import org.jspecify.annotations.Nullable;

/** A method is annotated with {@code @LeaderOnly}, but cannot be kept to the leader. */
public final class RefusedLeaderOnlyException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    RefusedLeaderOnlyException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    RefusedLeaderOnlyException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
