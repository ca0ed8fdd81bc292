package io.github.dbleases;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in the cluster, as the store recorded it in the transaction that made the change.
 *
 * @param id the position in the history: a later event of the same lease has a larger id
 * @param at when it happened, by the store's clock
 * @param type what happened
 * @param lease the lease or election, or null if the event is not about one
 * @param partitions the partitions that changed; empty if the event is not about partitions
 * @param token the fencing token of a leader that was elected, otherwise null
 * @param session the session that the event is about: the one that was opened, ended or marked dead, the new owner or
 *     leader, or the owner that was asked to hand over
 * @param from the previous owner or leader
 * @param to the session that should receive what an owner was asked to hand over
 * @param by the session that made the change
 * @param cause why partitions or a leadership changed, or null
 * @param principal the person or system that asked for an operation, if known
 * @param detail further facts for people, or null
 */
public record HistoryEvent(
        long id,
        Instant at,
        Type type,
        @Nullable String lease,
        PartitionSet partitions,
        @Nullable Long token,
        @Nullable Party session,
        @Nullable Party from,
        @Nullable Party to,
        @Nullable Party by,
        @Nullable Cause cause,
        @Nullable String principal,
        @Nullable String detail) {

    /**
     * A session that took part in an event.
     *
     * @param id the id of the session
     * @param client the name of its client, or null if the store no longer knew it
     */
    public record Party(long id, @Nullable String client) {}

    /** What happened. */
    public enum Type {

        /** A client opened a session. */
        SESSION_OPENED,

        /** A client closed its session. */
        SESSION_ENDED,

        /** A session had expired, and another client marked it dead. */
        SESSION_MARKED_DEAD,

        /** Partitions without an owner got one. */
        GRANTED,

        /** The owner of partitions handed them over to another session. */
        MOVED,

        /** Partitions of a dead session got a new owner. */
        TAKEN_OVER,

        /** Partitions lost their owner, and no session could own them. */
        VACATED,

        /** The owner of partitions, or a leader, was asked to hand over. */
        HAND_OVER_REQUESTED,

        /** An owner no longer needs to hand over what it was asked for. */
        HAND_OVER_WITHDRAWN,

        /** An election got a leader. */
        ELECTED,

        /** The database had failed over, or had been restored, and a new incarnation of it was found. */
        INCARNATION_FOUND,

        /** Work held partitions, or a leadership, for longer than its deadline. */
        WORK_OVERDUE,

        /** A person or system asked for an operation. */
        OPERATION,

        /** Something that only a newer version of dbleases records. */
        OTHER;

        /** Returns the word that stands for this type in the database and in JSON. */
        public String word() {
            return HistoryEvent.word(this);
        }

        /** Returns the type for which a word stands, {@link #OTHER} if there is none. */
        public static Type ofWord(String word) {
            for (Type type : values()) {
                if (type.word().equals(word)) {
                    return type;
                }
            }
            return OTHER;
        }
    }

    /** Why partitions or a leadership changed. */
    public enum Cause {

        /** A session joined the lease, and got what had no owner. */
        JOINED,

        /** A session left the lease. */
        LEFT,

        /** A client was closed, and released what it owned. */
        CLOSED,

        /** An owner had stopped its work on what it was asked for. */
        HANDED_OVER,

        /** A leader resigned. */
        RESIGNED,

        /** The owner was dead, or there was none. */
        ORPHANED,

        /** Shares became fair again after sessions had joined or left. */
        BALANCED,

        /** A leader led at least two more elections than another candidate. */
        LEADERS_BALANCED,

        /** A person or system asked for it. */
        OPERATION,

        /** The work of the owner had exceeded its deadline. */
        WORK_OVERDUE,

        /** A cause that only a newer version of dbleases records. */
        OTHER;

        /** Returns the word that stands for this cause in the database and in JSON. */
        public String word() {
            return HistoryEvent.word(this);
        }

        /** Returns the cause for which a word stands, {@link #OTHER} if there is none. */
        public static Cause ofWord(String word) {
            for (Cause cause : values()) {
                if (cause.word().equals(word)) {
                    return cause;
                }
            }
            return OTHER;
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
