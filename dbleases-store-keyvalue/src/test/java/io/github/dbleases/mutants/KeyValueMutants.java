package io.github.dbleases.mutants;

import static io.github.dbleases.mutants.Mutant.of;

import java.io.IOException;
import java.util.List;

/** The safety lines of the key-value store, in the order of the table. */
final class KeyValueMutants {

    static final List<Mutant> ALL = List.of(
            of(
                            "grace on a key-value store",
                            "a session is marked dead as soon as it has expired",
                            "keyvalue.KeyValueWorkChannel")
                    .replace("return expiresIn.plus(condition.grace()).isNegative()", "return expiresIn.isNegative()")
                    .killedBy("keyvalue.LeaseStoreOnMapTests#aSessionIsNotMarkedDeadBeforeTheGraceIsOver"),
            of(
                            "version of a dead session",
                            "a session is marked dead although it has just been renewed",
                            "keyvalue.KeyValueWorkChannel")
                    .replace(
                            "backend.delete(SessionDocument.key(seen.id()), seen.version())",
                            "backend.get(SessionDocument.key(seen.id())).filter(now -> backend.delete(SessionDocument.key(seen.id()), now.version())).isPresent()")
                    .killedBy("keyvalue.KeyValueLeaseStoreTests#nobodyIsMarkedDeadWhoRenewedAfterItWasLookedForLast"),
            of(
                            "revival on a key-value store",
                            "a dead session whose creation comes late once more is renewed",
                            "keyvalue.KeyValueHeartbeatChannel")
                    .remove(".filter(present -> !present.content().equals(created))")
                    .killedBy(
                            "keyvalue.LeaseStoreOnMapTests#aSessionWhoseDocumentIsCreatedOnceMoreByARequestThatComesLateIsOverNonetheless"),
            of(
                            "sessions that are not listed",
                            "a session that a list does not have is taken for dead",
                            "keyvalue.LiveSessions")
                    .replace(
                            "unlisted.computeIfAbsent(session, id -> storage.sessions().find(backend, id))",
                            "Optional.empty()")
                    .killedBy(
                            "keyvalue.KeyValueLeaseStoreTests#aSessionThatIsNotListedThoughItExistsIsNotTakenForDead"));

    private KeyValueMutants() {}

    /** Takes a regular expression, as {@link MutantRun} does. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        MutantRun.run(ALL, arguments[0]);
    }
}
