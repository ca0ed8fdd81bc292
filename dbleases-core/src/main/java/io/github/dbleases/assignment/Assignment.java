package io.github.dbleases.assignment;

import java.util.List;

/**
 * What the balancer decided.
 *
 * @param changes what is to be written, in the order of the partition numbers
 * @param complete whether every member has its fair share once the changes are written and the hand-overs are done
 */
public record Assignment(List<Change> changes, boolean complete) {

    public Assignment {
        changes = List.copyOf(changes);
    }
}
