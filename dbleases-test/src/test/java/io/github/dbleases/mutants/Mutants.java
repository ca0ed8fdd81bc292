package io.github.dbleases.mutants;

import static io.github.dbleases.mutants.Mutant.of;

import java.util.List;
import java.util.stream.Stream;

/** The safety lines, in the order of the table. */
final class Mutants {

    private static final String POSTGRES = "test.contract.PostgresLeaseStoreContractTests$Newest#";
    private static final String MEMORY = "test.contract.InMemoryLeaseStoreContractTests#";
    private static final String CONFLICTS = "postgres.ConflictTests#";
    private static final String FENCES = "postgres.TransactionFenceTests#";

    private static final List<Mutant> TIMES = List.of(
            of("no margin", "the trust lasts as long as the session", "Timing")
                    .replace("return ttl.minus(margin);", "return ttl;")
                    .killedBy(
                            "internal.client.ClockScenarioTests#aClientWhoseOwnClockIsSlewedWithTheDatabaseMakesNoTwoOwners"),
            of("slack for clocks", "`margin + grace >= ttl / 10` is not required", "Timing")
                    .replace("slack.multipliedBy(10).compareTo(ttl) < 0", "false")
                    .killedBy("TimingTests#tooLittleTimeForClocksIsRefusedWithAllNumbers"),
            of("least grace", "`grace >= ttl / 60` is not required", "Timing")
                    .replace("grace.multipliedBy(60).compareTo(ttl) < 0", "false")
                    .killedBy("TimingTests#tooLittleGraceIsRefusedWithAllNumbers"),
            of("time for attempts", "`heartbeat + 2 * attemptTimeout + margin <= ttl` is not required", "Timing")
                    .replace("attempts.compareTo(ttl) > 0", "false")
                    .killedBy("TimingTests#attemptsThatAreTooLongAreRefusedWithAllNumbers"));

    private static final List<Mutant> TRUST = List.of(
            of(
                            "time of the reply",
                            "the trust counts from the reply, not from before the request",
                            "internal.client.SessionKeeper")
                    .replace(
                            "Moment start = Objects.requireNonNull(sent);",
                            "Moment start = Moment.now(environment.clock());")
                    .killedBy("internal.client.ClockScenarioTests#theTrustCountsFromBeforeTheHeartbeatWasSent"),
            of("wall clock", "the trust looks at the monotonic clock alone", "internal.client.Trust")
                    .remove("&& clock.wallMillis() < untilWallMillis")
                    .killedBy("internal.client.TrustTests"),
            of("monotonic clock", "the trust looks at the wall clock alone", "internal.client.Trust")
                    .remove("&& clock.nanoTime() - untilNanos < 0")
                    .killedBy("internal.client.TrustTests"),
            of("epoch of trust", "grants of another epoch are trusted", "internal.client.Trust")
                    .remove("grantedIn == epoch &&")
                    .killedBy("internal.client.TrustTests"),
            of("epoch of grants", "the view ignores the epoch of the grants", "internal.client.JoinedLease")
                    .replace("trust.holds(grants.epoch(), clock)", "trust.holds(clock)")
                    .killedBy("internal.client.ReconcilerTests#aGrantThatWasNotDroppedIsNotTrustedInTheNextSession"),
            of("epoch of new holds", "a hold is given on a grant of another epoch", "internal.client.JoinedLease")
                    .replace("if (trust.holds(owned.epoch(), clock)) {", "if (trust.holds(clock)) {")
                    .killedBy("internal.client.ReconcilerTests#aGrantThatWasNotDroppedIsNotTrustedInTheNextSession"),
            of("epoch of open holds", "a hold from another epoch is trusted", "internal.client.JoinedLease")
                    .replace("trust.holds(owned.epoch(), lease.clock)", "trust.holds(lease.clock)")
                    .killedBy("internal.client.ReconcilerTests#aGrantThatWasNotDroppedIsNotTrustedInTheNextSession"),
            of(
                            "hold on a lost partition",
                            "a hold is trusted although its partition is lost",
                            "internal.client.JoinedLease")
                    .remove("&& !owned.isLost()")
                    .killedBy("internal.client.ReconcilerTests#aHoldOnAPartitionThatIsLostIsNotTrusted"),
            of("end of the epoch", "the end of a session does not end the trust", "internal.client.SessionKeeper")
                    .replace("deadline.drop(); deadline.noticeLapse();", "deadline.noticeLapse();")
                    .killedBy("internal.client.ReconcilerTests", "internal.client.ErrorScenarioTests"),
            of(
                            "loss before the next session",
                            "a session is opened before the loss of the last one is complete",
                            "internal.client.SessionKeeper")
                    .replace("finishEnd(ended);", "ended = null;")
                    .killedBy("internal.client.ErrorScenarioTests#grantsOfALostSessionAreNotTrustedInTheNextOne"),
            of("end of a run", "a stop does not end the trust", "internal.client.Engine")
                    .remove("keeper.end();")
                    .killedBy("internal.client.ReconcilerTests#aGrantThatWasNotDroppedIsNotTrustedAfterARestart"),
            of(
                            "late heartbeat",
                            "the answer to a heartbeat counts in a later run of the client",
                            "internal.client.SessionKeeper")
                    .remove("|| submittedIn != run")
                    .killedBy("internal.client.RestartScenarioTests#aLateAnswerOfAnEarlierRunOpensNoSession"),
            of("late release", "a stop that is complete releases what a later run owns", "internal.client.Stopping")
                    .replace("if (complete || session == null) {", "if (session == null) {")
                    .killedBy(
                            "internal.client.RestartScenarioTests#aLateReleaseOfAnEarlierRunReleasesNothingOfTheNext"),
            of(
                            "late join",
                            "the answer to a join counts in a later session of the client",
                            "internal.client.Membership")
                    .replace("answer.session == keeper.session()", "true")
                    .killedBy("internal.client.RestartScenarioTests#aLateJoinOfAnEarlierRunDecidesNothingInTheNext"),
            of(
                            "notification of a lapse",
                            "listeners are not told when the trust lapses",
                            "internal.client.TrustDeadline")
                    .remove("observer.trustLapsed();")
                    .killedBy("internal.client.TrustDeadlineTests"));

    private static final List<Mutant> INCARNATIONS = List.of(
            of(
                            "no-gap rule",
                            "a client keeps what it owned although its trust had lapsed before the failover",
                            "internal.client.SessionKeeper")
                    .replace(
                            "incarnationChanged(current, renewal.incarnation(), lapsed);",
                            "incarnationChanged(current, renewal.incarnation(), false);")
                    .killedBy("internal.client.FailoverScenarioTests"),
            of(
                            "trust before confirmation",
                            "the trust is extended before the grants were read in the new incarnation",
                            "internal.client.SessionKeeper")
                    .replace("if (current.isConfirmed()) {", "if (true) {")
                    .killedBy(
                            "internal.client.FailoverScenarioTests#aClientThatCannotReadItsGrantsAfterAFailoverTrustsNothing"),
            of(
                            "read before joins",
                            "after a failover the grants are read after work that is already queued",
                            "internal.client.Reconciler")
                    .replace("jobs.submitFirst(", "jobs.submit(")
                    .killedBy(
                            "internal.client.FailoverScenarioTests#trustContinuesThroughAFailoverWhileManyLeasesAreJoined"),
            of(
                            "incarnation of the holdings",
                            "an answer of another incarnation than the last heartbeat's is applied",
                            "internal.client.Reconciler")
                    .replace("if (!holdings.incarnation().equals(session.incarnation())) {", "if (false) {")
                    .killedBy("internal.client.ReconcilerTests#nothingIsTakenUpFromAnotherIncarnation"),
            of(
                            "quiet time of the store",
                            "the quiet time that the store reports is ignored",
                            "internal.client.Reconciler")
                    .remove("keeper.quiet().atLeast(holdings.quietFor());")
                    .killedBy("internal.client.ReconcilerTests#nothingIsTakenUpWhileTheStoreIsQuiet"),
            of(
                            "own quiet time",
                            "the quiet time is not measured by the client's own clock",
                            "internal.client.QuietTime")
                    .remove("atLeast(timing.ttl().plus(timing.grace()));")
                    .killedBy("internal.client.FailoverScenarioTests#aStepOfTheClockDoesNotEndTheQuietTime"),
            of("grants in a quiet time", "grants are taken up in a quiet time", "internal.client.Reconciler")
                    .replace("} else if (!isQuiet() && !lease.isLeaving()", "} else if (!lease.isLeaving()")
                    .killedBy("internal.client.ReconcilerTests#nothingIsTakenUpWhileTheStoreIsQuiet"),
            of("nonce", "an incarnation is a system and a timeline", "postgres.OpenConnection")
                    .replace(
                            "new Incarnation(server.system(), server.timeline(), nonce(timing))",
                            "new Incarnation(server.system(), server.timeline(), \"\")")
                    .killedBy("postgres.IncarnationTests#aRowWithAnotherNonceMeansAnotherIncarnation"),
            of("nonce in memory", "an incarnation is a timeline", "memory.MemoryTables")
                    .replace("String.valueOf(life().nonce())", "\"\"")
                    .killedBy("internal.client.RepeatedTimelineScenarioTests"),
            of(
                            "nonce in each reply",
                            "behind a pooler a reply may come from another incarnation",
                            "postgres.OpenConnection")
                    .replace("server.direct() || incarnation.nonce().equals(row.getString(\"nonce\"))", "true")
                    .killedBy("postgres.IncarnationTests#behindAPoolerAHeartbeatNoticesAnotherNonceByItself"),
            of("server of each reply", "behind a pooler a reply may come from another server", "postgres.Server")
                    .replace(
                            "return replyStarted.equals(started) && timeline(system, row.getString(\"wal_file\"), replyStarted) == timeline;",
                            "return true;")
                    .killedBy("postgres.IncarnationTests#behindAPoolerAnotherServerIsNoticed"),
            of(
                            "older connections",
                            "a connection that was set up in an earlier incarnation is used",
                            "postgres.PostgresLeaseStore")
                    .replace("return incarnation.equals(newest);", "return true;")
                    .killedBy("postgres.IncarnationTests#aRowWithAnotherNonceMeansAnotherIncarnation"),
            of("token floor of grants", "a grant from before the incarnation is taken up", "internal.client.Reconciler")
                    .remove("|| partition.token() <= tokenFloor")
                    .killedBy("internal.client.ReconcilerTests#aTokenFromBeforeTheIncarnationIsKeptButNotTakenUp"),
            of(
                            "token floor of new tokens",
                            "new tokens may be as small as those before the incarnation",
                            "postgres.PostgresTransaction")
                    .replace("Math.max(grant.above(), tokenFloor)", "grant.above()")
                    .killedBy("postgres.IncarnationTests"));

    private static final List<Mutant> TOKENS = List.of(
            of(
                            "token of an owned partition",
                            "a partition is kept although the store has another token for it",
                            "internal.client.Reconciler")
                    .replace(
                            "!tokens.getOrDefault(owned.partition(), 0L).equals(owned.token())",
                            "!tokens.containsKey(owned.partition())")
                    .killedBy("internal.client.ReconcilerTests#anotherTokenOfTheSamePartitionIsAnotherGrant"),
            of("token of a hand-over", "a partition is handed over under another token", "internal.client.Assigner")
                    .remove("|| partition.token() != handOver.token()")
                    .killedBy("internal.client.AssignerTests#aPartitionWithAnotherTokenIsNotHandedOver"),
            of(
                            "token that was read",
                            "a change is written although the token has changed",
                            "postgres.PostgresTransaction")
                    .replace("AND p.token = w.token ORDER BY", "ORDER BY")
                    .killedBy(POSTGRES + "aChangeIsSkippedIfThePartitionIsNoLongerAsItWasRead"),
            of(
                            "token that was read by a request",
                            "an owner is asked to hand over although its token has changed",
                            "postgres.PostgresTransaction")
                    .replace("AND p.token = w.token RETURNING", "RETURNING")
                    .killedBy(POSTGRES + "aChangeIsSkippedIfThePartitionIsNoLongerAsItWasRead"),
            of(
                            "token above the last",
                            "a new token may be smaller than the last, when the clock was set back",
                            "postgres.PostgresTransaction")
                    .remove("p.token + 1,")
                    .killedBy(POSTGRES + "aTokenIsLargerThanThePreviousAndTheRequestedOne"),
            of(
                            "token above the requested one",
                            "a new token may be one that the owner has dropped",
                            "postgres.PostgresTransaction")
                    .remove("l.above + 1,")
                    .killedBy(POSTGRES + "aTokenIsLargerThanThePreviousAndTheRequestedOne"),
            of(
                            "token above those dropped",
                            "a hand-over does not require a token above those that the owner has dropped",
                            "internal.client.Assigner")
                    .replace("grant.above(handOver.above())", "change")
                    .killedBy("internal.client.AssignerTests#aHandOverGetsATokenAboveTheHighestThatItsOwnerHasDropped"),
            of("dropped tokens", "a token that was dropped is picked up again", "internal.client.Reconciler")
                    .replace(
                            "return dropped.contains(partition.lease(), partition.number(), partition.token());",
                            "return false;")
                    .killedBy("internal.client.ReconcilerTests#aTokenThatWasLostIsNeverPickedUpAgain"),
            of(
                            "highest dropped token",
                            "the last dropped token counts, not the highest",
                            "internal.client.DroppedTokens")
                    .replace("merge(partition, token, Math::max)", "put(partition, token)")
                    .killedBy("internal.client.DroppedTokensTests"),
            of(
                            "token of a removed lease",
                            "a lease that is created anew may repeat the tokens of the one that was removed",
                            "postgres.PostgresTransaction")
                    .replace(
                            "partitions = 0, assigned = 'unknown', least_token = greatest(least_token, (SELECT max(token) FROM gone))",
                            "partitions = 0, assigned = 'unknown'")
                    .killedBy(POSTGRES + "tokensGrowOverARemoval"),
            of(
                            "token of a removed lease in memory",
                            "a lease that is created anew may repeat the tokens of the one that was removed",
                            "internal.rows.LeaseRow")
                    .replace("resized(0, changedAt).leastToken", "0")
                    .killedBy(MEMORY + "tokensGrowOverARemoval"),
            of(
                            "removal of a lease in use",
                            "a lease is removed although a live session uses it",
                            "internal.client.DefaultLeaseAdministration")
                    .remove("requireUnused(snapshot, clients);")
                    .killedBy("postgres.LeaseAdministrationTests#aLeaseIsRemovedWhenNoSessionUsesIt"));

    private static final List<Mutant> WORK = List.of(
            of("holds", "a hand-over does not wait for holds", "internal.client.OwnedPartition")
                    .remove("&& holds.get() == GONE")
                    .killedBy("internal.client.OwnedPartitionTests"),
            of("late holds", "a hold is given on a partition that has left the view", "internal.client.OwnedPartition")
                    .replace("while (count >= 0)", "while (count >= Integer.MIN_VALUE)")
                    .killedBy("internal.client.OwnedPartitionTests#aPartitionThatHasLeftTheViewCannotBeHeld"),
            of("listeners", "a hand-over does not wait for listeners", "internal.client.OwnedPartition")
                    .remove("&& listenersDone")
                    .killedBy(
                            "internal.client.ErrorScenarioTests#aHandOverContinuesWhenThereAreThreadsForListenersAgain"),
            of(
                            "work during stop",
                            "a client that stops releases partitions that are still in use",
                            "internal.client.Stopping")
                    .replace("owned -> !owned.isDrained()", "owned -> false")
                    .killedBy("internal.client.ScenarioTests#partitionsStillHeldAfterTheDrainTimeoutAreLeftToExpire"),
            of(
                            "notification without a thread",
                            "notifications that find no thread are forgotten",
                            "internal.client.ListenerQueue")
                    .replace("running = false; } report(", "running = false; actions.clear(); } report(")
                    .killedBy(
                            "internal.client.ListenerQueueTests#notificationsThatFindNoThreadAreDeliveredLaterInOrder"),
            of(
                            "request without memory",
                            "a request that could not handle its failure is forgotten",
                            "internal.client.ThreadLoop")
                    .remove("queue.add(failed);")
                    .killedBy("internal.client.ThreadLoopTests#aRequestThatCouldNotHandleItsFailureIsAttemptedAgain"),
            of(
                            "receiver of a hand-over",
                            "a partition is handed over to a session that is dead",
                            "internal.client.Assigner")
                    .replace(
                            "if (!receivers.contains(partition.pending()) ||",
                            "if (partition.pending() == Snapshot.NO_SESSION ||")
                    .killedBy("internal.client.AssignerTests#aPartitionDoesNotGoToASessionThatIsDeadInTheMeantime"),
            of(
                            "assignment after a join",
                            "a lease that was fair before a join is not balanced",
                            "internal.client.Assigner")
                    .replace("|| !transaction.membersChanged(lease.name())", "|| true")
                    .killedBy("internal.client.AssignerTests#handOversAreRequestedInSteps"),
            of("step limit", "a whole plan is written in one transaction", "internal.client.Assigner")
                    .replace("planned.subList(0, Math.min(planned.size(), limit - written))", "planned")
                    .killedBy("internal.client.AssignerTests#orphansAreAssignedInSteps"),
            of("dead owner", "a dead session hands over", "internal.client.Assigner")
                    .replace("if (!transaction.isLive(session)) {", "if (false) {")
                    .killedBy("internal.client.AssignerTests#aDeadSessionHandsNothingOver"),
            of("owner of a hand-over", "a session hands over what another owns", "internal.client.Assigner")
                    .replace("partition.owner() != session ||", "")
                    .killedBy("internal.client.AssignerTests#aPartitionOfAnotherOwnerIsNotHandedOver"),
            of("live owner", "a partition is taken from a live session", "assignment.Balancer")
                    .replace("if (!before.ownerLive()) {", "if (target != before.owner()) {")
                    .killedBy("assignment.BalancerSafetyTests#aPartitionIsNeverTakenFromALiveOwner"));

    private static final List<Mutant> CLOCKS = List.of(
            of(
                            "time without a disturbance",
                            "a session is marked dead right after the client opened its own, or right after a disturbance",
                            "internal.client.ClockGuard")
                    .remove("|| steady < window")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "interrupted heartbeats",
                            "a session is marked dead right after the client's own heartbeats were interrupted",
                            "internal.client.ClockGuard")
                    .replace("if (interrupted || stepped ||", "if (stepped ||")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "overdue heartbeat",
                            "a session is marked dead while the client's own heartbeat is overdue",
                            "internal.client.ClockGuard")
                    .remove("overdue ||")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "step of the clock",
                            "a session is marked dead right after a step of the database's clock",
                            "internal.client.ClockGuard")
                    .replace("if (interrupted || stepped ||", "if (interrupted ||")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "width of the bounds",
                            "a session is marked dead although slow heartbeats could hide a step",
                            "internal.client.ClockGuard")
                    .remove("|| most - least > widest")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "drift",
                            "a session is marked dead although the clocks run at different rates",
                            "internal.client.ClockGuard")
                    .replace("if (greatestLeast - leastMost > watched.grace().toNanos() / 2)", "if (false)")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "window of the drift",
                            "the clocks are compared over a heartbeat, not over the TTL",
                            "internal.client.ClockGuard")
                    .replace(
                            "while (nowNanos - bounds.atNanos < window)",
                            "while (nowNanos - bounds.atNanos < timing.heartbeat().toNanos())")
                    .killedBy("internal.client.ClockGuardTests"),
            of(
                            "window of the watched session",
                            "the client uses its own TTL and grace, not those of the watched session",
                            "internal.client.ClockGuard")
                    .replace(
                            "watched.ttl().plus(watched.grace()).toNanos()",
                            "timing.ttl().plus(timing.grace()).toNanos()")
                    .killedBy("internal.client.ClockGuardTests#aSessionWithALongerTtlIsWatchedForLonger"),
            of(
                            "tolerance of the watched session",
                            "the drift may be half the client's own grace",
                            "internal.client.ClockGuard")
                    .replace(
                            "greatestLeast - leastMost > watched.grace().toNanos() / 2",
                            "greatestLeast - leastMost > tolerance")
                    .killedBy("internal.client.ClockGuardTests#theToleranceIsHalfTheGraceOfTheOtherSession"),
            of(
                            "grace of the watched session",
                            "a session is marked dead after the grace of the client that marks it",
                            "internal.client.ClockGuard")
                    .replace("watched.session(), watched.grace(),", "watched.session(), timing.grace(),")
                    .killedBy("internal.client.ClockGuardTests#theConditionHasTheGraceOfTheOtherSession"),
            of("new incarnation", "a session is marked dead right after a failover", "internal.client.SessionKeeper")
                    .remove("current.guard().restartSteadyTime(environment.clock().nanoTime());")
                    .killedBy("internal.client.FailoverScenarioTests#aFailoverToAnOldCopyMarksNoRunningClientDead"));

    private static final List<Mutant> MARKING = List.of(
            of("grace", "a session is marked dead as soon as it has expired", "postgres.PostgresWorkChannel")
                    .replace(
                            "expires_at + {?grace} * interval '1 microsecond' < clock_timestamp()",
                            "expires_at + 0 * {?grace} * interval '1 microsecond' < clock_timestamp()")
                    .killedBy(POSTGRES + "aSessionIsNotMarkedDeadBeforeTheGraceIsOver"),
            of("grace in memory", "a session is marked dead as soon as it has expired", "memory.MemoryWorkChannel")
                    .replace("row.expiresAt().plus(condition.grace()).isBefore(now)", "row.expiresAt().isBefore(now)")
                    .killedBy(MEMORY + "aSessionIsNotMarkedDeadBeforeTheGraceIsOver"),
            of("state in marking", "a session is marked dead twice", "postgres.PostgresWorkChannel")
                    .replace(
                            "WHERE id = {?session} AND state = 'live' AND expires_at",
                            "WHERE id = {?session} AND expires_at")
                    .killedBy(POSTGRES + "anExpiredSessionIsMarkedDeadOnce"),
            of("clock in marking", "a session is marked dead by a clock that is off", "postgres.PostgresWorkChannel")
                    .replace("* 1000000 <= {?tolerance}", "* 0 <= {?tolerance}")
                    .killedBy(POSTGRES + "noSessionIsMarkedDeadByAClockThatIsOff"),
            of(
                            "steadiness in marking",
                            "a session is marked dead by a client that was disturbed within its TTL",
                            "postgres.PostgresWorkChannel")
                    .replace("AND ttl <= {?steadyFor} * interval", "AND ttl * 0 <= {?steadyFor} * interval")
                    .killedBy(POSTGRES + "aSessionIsNotMarkedDeadByAClientThatWasDisturbedWithinItsTtl"),
            of(
                            "SKIP LOCKED in marking",
                            "marking a session dead waits for a lock on its row",
                            "postgres.PostgresWorkChannel")
                    .replace("FOR UPDATE SKIP LOCKED ), dead AS", "FOR UPDATE ), dead AS")
                    .killedBy(CONFLICTS + "markingDeadSkipsASessionThatAnotherTransactionHasLocked"),
            of("revival", "a dead session is renewed", "postgres.PostgresHeartbeatChannel")
                    .replace(
                            "WHERE id = {?session} AND state = 'live' {andSettings}",
                            "WHERE id = {?session} {andSettings}")
                    .killedBy(POSTGRES + "aSessionThatIsMarkedDeadIsOver"),
            of("revival in memory", "a dead session is renewed", "memory.MemoryHeartbeatChannel")
                    .replace("row == null || !row.live()", "row == null")
                    .killedBy(MEMORY + "aSessionThatIsMarkedDeadIsOver"),
            of(
                            "start of the renewal",
                            "`now()`: a renewal that has waited for its row is as old as its statement",
                            "postgres.PostgresHeartbeatChannel")
                    .replace("SET expires_at = clock_timestamp() + ttl", "SET expires_at = now() + ttl")
                    .killedBy(CONFLICTS + "aRenewalThatWaitedForItsRowCountsFromTheEndOfTheWait"),
            of("dead member", "a dead session becomes a member", "postgres.PostgresTransaction")
                    .replace("AND s.id = {?session} AND s.state = 'live'", "AND s.id = {?session}")
                    .killedBy(POSTGRES + "onlyALiveSessionBecomesAMember"),
            of("dead member in memory", "a dead session becomes a member", "internal.rows.RowTransaction")
                    .replace(
                            "rows.isLive(session) ? row.withMember(session, rows.now()) : row",
                            "row.withMember(session, rows.now())")
                    .killedBy(MEMORY + "onlyALiveSessionBecomesAMember"),
            of("dead member in a plan", "partitions are given to dead members", "postgres.PostgresTransaction")
                    .replace(
                            "WHERE s.id = m.session_id AND s.state = 'live' AND s.id <> ALL ({?ended})",
                            "WHERE s.id = m.session_id AND s.id <> ALL ({?ended})")
                    .killedBy(
                            POSTGRES + "aSnapshotHasTheLiveMembersWithTheirWeights",
                            POSTGRES + "aSnapshotDeletesTheMembersThatAreDead"));

    private static final List<Mutant> TRANSACTIONS = List.of(
            of(
                            "FOR UPDATE of the take-over",
                            "a partition is taken over in spite of a fenced transaction on it",
                            "postgres.PostgresTransaction")
                    .replace("FOR UPDATE OF p SKIP LOCKED", "FOR NO KEY UPDATE OF p SKIP LOCKED")
                    .killedBy(CONFLICTS + "aTakeoverSkipsOnlyThePartitionWithAnOpenFencedTransaction"),
            of(
                            "SKIP LOCKED of the take-over",
                            "one fenced transaction holds up the take-over of all partitions",
                            "postgres.PostgresTransaction")
                    .replace("FOR UPDATE OF p SKIP LOCKED", "FOR UPDATE OF p")
                    .killedBy(CONFLICTS + "aTakeoverSkipsOnlyThePartitionWithAnOpenFencedTransaction"),
            of(
                            "lock of the fence",
                            "a partition changes hands before its fenced transaction ends",
                            "postgres.TransactionFence")
                    .remove("FOR KEY SHARE")
                    .killedBy(FENCES + "aPartitionIsNotHandedOverWhileAFencedTransactionIsOpen"),
            of("token of the fence", "a partition that was lost and won back is fenced", "postgres.TransactionFence")
                    .replace("AND token = {?token}", "AND token >= {?token}")
                    .killedBy(FENCES + "anotherGrantToTheSameSessionIsNotTheOneThatTheWorkBeganWith"),
            of("trust before the fence", "a hold that is closed fences", "internal.client.JoinedLease")
                    .replace("if (!isTrusted()) { throw lost(", "if (session == 0) { throw lost(")
                    .killedBy(FENCES + "aHoldThatIsClosedFencesNothing"),
            of("lock of the lease", "two clients assign the same lease at once", "postgres.PostgresTransaction")
                    .replace("ORDER BY name FOR NO KEY UPDATE", "ORDER BY name")
                    .killedBy(POSTGRES + "onlyOneTransactionRunsOnALeaseAtATime"),
            of("read after the lock", "what was read of a lease is older than its lock", "postgres.PostgresTransaction")
                    .replace("+ LOCK + \";\\n\" + STATES;", "+ STATES + \";\\n\" + LOCK;")
                    .replace(
                            "Set<String> locked = names(statements.getResultSet()); statements.getMoreResults();"
                                    + " Map<String, LeaseState> states = states(statements.getResultSet());",
                            "Map<String, LeaseState> states = states(statements.getResultSet()); statements.getMoreResults();"
                                    + " Set<String> locked = names(statements.getResultSet());")
                    .killedBy(CONFLICTS + "aLeaseIsReadAfterItIsLocked"),
            of(
                            "isolation",
                            "a transaction reads what was there before it got its locks",
                            "postgres.PostgresTransaction")
                    .replace("ISOLATION LEVEL READ COMMITTED", "ISOLATION LEVEL REPEATABLE READ")
                    .killedBy("postgres.SettingsTests#everythingIsReadCommitted"),
            of("synchronous_commit", "a commit is acknowledged that a crash could lose", "postgres.Settings")
                    .replace("? \"remote_apply\" : \"on\"", "? \"remote_apply\" : before[3]")
                    .killedBy("postgres.SettingsTests#noCommitCanBeLostInACrash"),
            of(
                            "synchronous_commit behind a pooler",
                            "a commit is acknowledged that a crash could lose",
                            "postgres.Settings")
                    .replace("ELSE 'on' END", "ELSE current_setting('synchronous_commit') END")
                    .killedBy("postgres.SettingsTests#noCommitCanBeLostInACrash"),
            of(
                            "order of session rows",
                            "two transactions lock the same sessions in different orders",
                            "postgres.PostgresTransaction")
                    .replace("ORDER BY id FOR NO KEY UPDATE", "FOR NO KEY UPDATE")
                    .killedBy(CONFLICTS + "sessionsAreLockedInTheSameOrderWithEveryPlan"));

    private static final List<Mutant> KEY_VALUE = List.of(
            of(
                            "grace on a key-value store",
                            "a session is marked dead as soon as it has expired",
                            "keyvalue.KeyValueWorkChannel")
                    .replace("return expiresIn.plus(condition.grace()).isNegative()", "return expiresIn.isNegative()")
                    .killedBy(
                            "test.contract.KeyValueLeaseStoreContractTests$OnMap#aSessionIsNotMarkedDeadBeforeTheGraceIsOver"),
            of(
                            "version of a dead session",
                            "a session is marked dead although it has just been renewed",
                            "keyvalue.KeyValueWorkChannel")
                    .replace(
                            "backend.delete(SessionDocument.key(seen.id()), seen.version())",
                            "backend.get(SessionDocument.key(seen.id())).filter(now -> backend.delete(SessionDocument.key(seen.id()), now.version())).isPresent()")
                    .killedBy("keyvalue.KeyValueLeaseStoreTests#aSessionThatRenewedAfterItWasLastSeenIsNotMarkedDead"),
            of(
                            "revival on a key-value store",
                            "a dead session whose creation comes late once more is renewed",
                            "keyvalue.KeyValueHeartbeatChannel")
                    .remove(".filter(present -> !present.content().equals(created))")
                    .killedBy(
                            "keyvalue.KeyValueLeaseStoreTests#aSessionWhoseDocumentIsCreatedAgainByALateRequestStaysOver"),
            of(
                            "sessions that are not listed",
                            "a session that a list does not have is taken for dead",
                            "keyvalue.LiveSessions")
                    .replace(
                            "unlisted.computeIfAbsent(session, id -> storage.sessions().find(backend, id))",
                            "Optional.empty()")
                    .killedBy("keyvalue.KeyValueLeaseStoreTests#aSessionThatIsMissingFromTheListDoesNotCountAsDead"));

    /** All mutants. */
    static final List<Mutant> ALL = Stream.of(
                    TIMES, TRUST, INCARNATIONS, TOKENS, WORK, CLOCKS, MARKING, TRANSACTIONS, KEY_VALUE)
            .flatMap(List::stream)
            .toList();

    private Mutants() {}
}
