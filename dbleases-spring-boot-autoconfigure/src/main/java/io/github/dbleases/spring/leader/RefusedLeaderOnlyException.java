package io.github.dbleases.spring.leader;

import io.github.dbleases.DbLeasesException;

/** A method is annotated with {@code @LeaderOnly}, but cannot be kept to the leader. */
public final class RefusedLeaderOnlyException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    RefusedLeaderOnlyException(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    /** Returns what to do about it. */
    public String remedy() {
        return remedy;
    }
}
