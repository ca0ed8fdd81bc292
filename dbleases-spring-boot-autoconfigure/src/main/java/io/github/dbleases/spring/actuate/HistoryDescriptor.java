package io.github.dbleases.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the history, newest event first.
 *
 * @param events the events
 * @param next what to pass as {@code before} for the next page; left out on the last page
 * @param error why there are no events; left out if there is no error
 */
public record HistoryDescriptor(
        List<EventDescriptor> events,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long next,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

    /**
     * An event. What an event does not have is left out.
     *
     * @param type what happened, for example {@code taken-over}
     * @param partitions as ranges, for example {@code 0-63,70}
     * @param token the fencing token of a leader that was elected
     * @param session the session that the event is about
     * @param from the previous owner or leader
     * @param to the session that should receive what {@code session} was asked to hand over
     * @param by the session that made the change
     * @param cause why partitions or a leadership changed
     * @param principal who asked for an operation
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EventDescriptor(
            long id,
            Instant at,
            String type,
            @Nullable String lease,
            @Nullable String partitions,
            @Nullable Long token,
            @Nullable PartyDescriptor session,
            @Nullable PartyDescriptor from,
            @Nullable PartyDescriptor to,
            @Nullable PartyDescriptor by,
            @Nullable String cause,
            @Nullable String principal,
            @Nullable String detail) {}

    /** A session that took part in an event. The client is null if the database did not know the session. */
    public record PartyDescriptor(@Nullable String client, long session) {}
}
