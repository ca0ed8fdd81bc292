package io.github.dbleases.assignment;

import java.util.List;

/**
 * The decision of the balancer.
 *
 * @param changes the changes to write, by partition number
 * @param complete whether every member has its fair share once the changes are written and the hand-overs are done
 */
public record Assignment(List<Change> changes, boolean complete) {

    public Assignment {
        changes = List.copyOf(changes);
    }
}
