package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.RepeatableProperty;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;

/** Which candidate is elected, which leader is relieved, and how leaderships are spread. */
class ElectionTests {

    private static final int CANDIDATES = 5;

    @RepeatableProperty
    void aLeaderThatIsACandidateStays(@ForAll("elections") Snapshot election, @ForAll Scope scope) {
        Partition leadership = leadership(election);
        Assume.that(leadership.ownerLive() && isCandidate(election, leadership.owner()));
        Assume.that(!isCandidate(election, leadership.pending()));

        assertThat(Balancer.assign(election, scope).changes())
                .noneMatch(change -> change instanceof Change.Grant || change instanceof Change.Move);
    }

    @RepeatableProperty
    void aLeadershipThatIsPendingForACandidateGoesToIt(@ForAll("elections") Snapshot election, @ForAll Scope scope) {
        Partition leadership = leadership(election);
        Assume.that(isCandidate(election, leadership.pending()) && leadership.pending() != leadership.owner());

        List<Change> changes = Balancer.assign(election, scope).changes();

        if (leadership.ownerLive()) {
            assertThat(changes).isEmpty();
        } else {
            assertThat(changes).containsExactly(new Change.Grant(leadership, leadership.pending(), leadership.token()));
        }
    }

    @RepeatableProperty
    void anOrphanGoesToTheFirstCandidate(@ForAll("elections") Snapshot election, @ForAll Scope scope) {
        Snapshot orphan = election.mapPartitions(
                before -> new Partition(before.number(), NO_SESSION, false, NO_SESSION, before.token()));
        Assume.that(!election.members().isEmpty());

        List<Change> changes = Balancer.assign(orphan, scope).changes();

        assertThat(changes).hasSize(1);
        Member elected = member(election, ((Change.Grant) changes.get(0)).to());
        Comparator<Member> order = Comparator.comparing(Member::yields).thenComparing(Member::leaderships);
        assertThat(election.members()).allMatch(other -> order.compare(elected, other) <= 0);
    }

    @RepeatableProperty
    void nothingIsGrantedWhileTheOwnerIsLive(@ForAll("elections") Snapshot election, @ForAll Scope scope) {
        Assume.that(leadership(election).ownerLive());

        assertThat(Balancer.assign(election, scope).changes()).noneMatch(Change.Grant.class::isInstance);
    }

    @RepeatableProperty
    void theOrderOfTheCandidatesDoesNotMatter(
            @ForAll("elections") Snapshot election, @ForAll Scope scope, @ForAll Random random) {
        List<Member> shuffled = new ArrayList<>(election.members());
        Collections.shuffle(shuffled, random);
        Snapshot other = new Snapshot(election.lease(), election.kind(), shuffled, election.partitions());

        assertThat(Balancer.assign(other, scope)).isEqualTo(Balancer.assign(election, scope));
        assertThat(Election.relieve(other)).isEqualTo(Election.relieve(election));
    }

    @RepeatableProperty
    void aSecondPlanIsEmpty(@ForAll("elections") Snapshot election, @ForAll Scope scope) {
        Snapshot written = Effects.written(election, Balancer.assign(election, scope));

        assertThat(Balancer.assign(written, scope).changes()).isEmpty();
    }

    @Example
    void aLeadershipGivenUpWithoutResigningComesBack() {
        Snapshot given =
                election(List.of(member(1, 9, false), member(2, 0, false)), 1).mapPartitions(Partition::givenUp);

        assertThat(Balancer.assign(given, Scope.ORPHANS).changes())
                .extracting(Change::affectedSession)
                .containsExactly(1L);
    }

    @Example
    void aLeadershipGivenUpByResigningGoesToAnother() {
        Snapshot given =
                election(List.of(member(1, 0, true), member(2, 9, false)), 1).mapPartitions(Partition::givenUp);

        assertThat(Balancer.assign(given, Scope.ORPHANS).changes())
                .extracting(Change::affectedSession)
                .containsExactly(2L);
    }

    @Example
    void aCandidateThatResignedIsElectedWhenItIsAlone() {
        Snapshot given = election(List.of(member(1, 0, true)), 1).mapPartitions(Partition::givenUp);

        assertThat(Balancer.assign(given, Scope.ORPHANS).changes())
                .extracting(Change::affectedSession)
                .containsExactly(1L);
    }

    @Example
    void weightsAreIgnored() {
        Snapshot led = election(List.of(new Member(1, 1, 1, false), new Member(2, 1000, 0, false)), 1);
        Snapshot orphan = election(List.of(new Member(1, 1, 0, false), new Member(2, 1000, 1, false)), NO_SESSION);

        assertThat(Balancer.assign(led, Scope.ALL).changes()).isEmpty();
        assertThat(Balancer.assign(orphan, Scope.ALL).changes())
                .extracting(Change::affectedSession)
                .containsExactly(1L);
    }

    @Example
    void aLeaderIsRelievedWhenItLeadsTwoMore() {
        assertThat(relief(member(1, 2, false), member(2, 1, false))).isEmpty();
        assertThat(relief(member(1, 2, false), member(2, 0, false))).contains(2L);
        assertThat(relief(member(1, 9, false), member(2, 0, true)))
                .as("a candidate that has resigned")
                .isEmpty();
        assertThat(relief(member(1, 9, false))).as("alone").isEmpty();
    }

    @Example
    void equalCandidatesLeadEquallyOften() {
        Map<Long, Integer> led = new HashMap<>();
        List<Member> ten = LongStream.rangeClosed(1, 10)
                .mapToObj(id -> member(id, 0, false))
                .toList();
        for (int i = 0; i < 1000; i++) {
            Snapshot election = new Snapshot("election-" + i, LeaseKind.LEADER, ten, leadership(NO_SESSION));
            long leader = Balancer.assign(election, Scope.ALL).changes().get(0).affectedSession();
            led.merge(leader, 1, Integer::sum);
        }

        assertThat(led.values()).hasSize(10).allMatch(count -> count >= 60 && count <= 140);
    }

    @RepeatableProperty
    void thePlanBalancesWithTheFewestMovesIfAllAreCandidatesEverywhere(@ForAll("leaders") List<Integer> leaders) {
        Map<Long, Long> counts = counts(leaders);
        List<Snapshot> elections = elections(leaders);

        List<String> relieved = LeadershipBalancer.plan(elections);

        long floor = leaders.size() / CANDIDATES;
        long ceilings = leaders.size() % CANDIDATES;
        assertThat(relieved).doesNotHaveDuplicates().hasSize((int) fewestMoves(counts, floor, ceilings));
        Map<Long, Long> after = executed(elections, relieved);
        long most = Collections.max(after.values());
        long least = Collections.min(after.values());
        assertThat(most - least).isLessThanOrEqualTo(1);
    }

    /** The members with the most keep the ceilings. */
    private static long fewestMoves(Map<Long, Long> counts, long floor, long ceilings) {
        List<Long> sorted =
                counts.values().stream().sorted(Comparator.reverseOrder()).toList();
        long moves = 0;
        for (int i = 0; i < sorted.size(); i++) {
            moves += Math.max(0, sorted.get(i) - (i < ceilings ? floor + 1 : floor));
        }
        return moves;
    }

    /** Relieves the leaders one by one with the current counts, as the assigner does. */
    private static Map<Long, Long> executed(List<Snapshot> elections, List<String> relieved) {
        Map<String, Long> leaders = new HashMap<>();
        elections.forEach(
                election -> leaders.put(election.lease(), leadership(election).owner()));
        for (String name : relieved) {
            Map<Long, Long> counts = counted(leaders.values().stream().mapToLong(Long::longValue));
            List<Member> members = LongStream.rangeClosed(1, CANDIDATES)
                    .mapToObj(id -> member(id, counts.get(id).intValue(), false))
                    .toList();
            Snapshot election = new Snapshot(name, LeaseKind.LEADER, members, leadership(leaders.get(name)));
            leaders.put(name, Election.relieve(election).orElseThrow().to());
        }
        return counted(leaders.values().stream().mapToLong(Long::longValue));
    }

    private static Map<Long, Long> counts(List<Integer> leaders) {
        return counted(leaders.stream().mapToLong(Integer::longValue));
    }

    private static Map<Long, Long> counted(LongStream leaders) {
        Map<Long, Long> counts = new HashMap<>();
        LongStream.rangeClosed(1, CANDIDATES).forEach(id -> counts.put(id, 0L));
        leaders.forEach(leader -> counts.merge(leader, 1L, Long::sum));
        return counts;
    }

    private static List<Snapshot> elections(List<Integer> leaders) {
        List<Member> members = LongStream.rangeClosed(1, CANDIDATES)
                .mapToObj(id -> member(id, 0, false))
                .toList();
        List<Snapshot> elections = new ArrayList<>();
        for (int i = 0; i < leaders.size(); i++) {
            elections.add(new Snapshot("e" + i, LeaseKind.LEADER, members, leadership(leaders.get(i))));
        }
        return elections;
    }

    @Provide
    Arbitrary<List<Integer>> leaders() {
        return Arbitraries.integers().between(1, CANDIDATES).list().ofMaxSize(60);
    }

    @Provide
    Arbitrary<Snapshot> elections() {
        Arbitrary<Long> sessions = Arbitraries.longs().between(0, 6);
        Arbitrary<List<Member>> members = Combinators.combine(
                        Arbitraries.longs().between(1, 6),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(true, false))
                .as(Member::new)
                .list()
                .uniqueElements(Member::session)
                .ofMaxSize(5);
        return Combinators.combine(members, sessions, sessions, Arbitraries.of(true, false))
                .as((candidates, owner, pending, live) -> new Snapshot(
                        "election",
                        LeaseKind.LEADER,
                        candidates,
                        List.of(partition(candidates, owner, pending == owner ? NO_SESSION : pending, live))));
    }

    /** Returns a leadership, whose owner is always live if it is a candidate. */
    private static Partition partition(List<Member> candidates, long owner, long pending, boolean live) {
        boolean candidate = candidates.stream().anyMatch(member -> member.session() == owner);
        return new Partition(0, owner, owner != NO_SESSION && (live || candidate), pending, 7);
    }

    private static Optional<Long> relief(Member leader, Member... others) {
        List<Member> members = new ArrayList<>(List.of(others));
        members.add(leader);
        return Election.relieve(election(members, leader.session())).map(Change.Move::to);
    }

    private static Snapshot election(List<Member> members, long leader) {
        return new Snapshot("election", LeaseKind.LEADER, members, leadership(leader));
    }

    private static List<Partition> leadership(long leader) {
        return List.of(new Partition(0, leader, leader != NO_SESSION, NO_SESSION, 7));
    }

    private static Partition leadership(Snapshot election) {
        return election.partitions().get(0);
    }

    private static Member member(long session, int leaderships, boolean yields) {
        return new Member(session, 1, leaderships, yields);
    }

    private static Member member(Snapshot election, long session) {
        return election.members().stream()
                .filter(member -> member.session() == session)
                .findAny()
                .orElseThrow();
    }

    private static boolean isCandidate(Snapshot election, long session) {
        return election.members().stream().anyMatch(member -> member.session() == session);
    }
}
