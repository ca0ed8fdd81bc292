package io.github.dbleases;

/** A lease name or a number of partitions is outside its limits. */
public final class InvalidLeaseException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    InvalidLeaseException(String problem, String remedy) {
        super(problem, remedy, null);
    }
}
