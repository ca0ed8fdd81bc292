package io.github.dbleases.internal.client;

import io.github.dbleases.DbLeasesException;

/** A lease keeps its number of partitions until members whose sessions have expired are marked dead, which is soon. */
final class ExpiredMembersException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    ExpiredMembersException(String lease) {
        super("Lease '%s' gets another number of partitions once its expired members have been marked dead."
                .formatted(lease));
    }
}
