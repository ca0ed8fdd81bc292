package io.github.dbleases;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.LeadershipScope;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.internal.tasks.TaskRunners;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.observation.ClientObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Keeps the one-way flows between the packages; a rule holds for a package that is still empty. */
class ArchitectureTests {

    private static final String ROOT = "io.github.dbleases";
    private static final String ASSIGNMENT = ROOT + ".assignment..";
    private static final String SPI = ROOT + ".spi";
    private static final String TASKS_SPI = ROOT + ".spi.tasks";
    private static final String CLIENT = ROOT + ".internal.client..";
    private static final String TASK_RUNNER = ROOT + ".internal.tasks..";
    private static final String ROWS = ROOT + ".internal.rows..";
    private static final String INTERNAL = ROOT + ".internal";
    private static final String JDBC = ROOT + ".internal.jdbc..";
    private static final String POSTGRES = ROOT + ".postgres";
    private static final String POSTGRES_TASKS = ROOT + ".postgres.tasks..";
    private static final String MEMORY = ROOT + ".memory..";
    private static final String[] STORES = {SPI, ROWS, POSTGRES, MEMORY};

    private static final JavaClasses CORE = new ClassFileImporter()
            .importUrl(LeaseClient.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void packagesHaveNoCycles() {
        check(slices().assignedFrom(new EveryPackage())
                .should()
                .beFreeOfCycles()
                .ignoreDependency(entryPoints(), DescribedPredicate.alwaysTrue()));
    }

    /**
     * The entry points for users are in the root package, and lead into the others: the two builders, and the two static
     * methods that return them. The leadership of a thread is kept where the engine can enter it.
     */
    @Test
    void theRootPackageUsesNoOtherExceptInItsEntryPoints() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT)
                .and()
                .doNotBelongToAnyOf(LeaseClient.class, TaskRunner.class, CurrentLeadership.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".*.."));
        check(classes()
                .that()
                .belongToAnyOf(LeaseClient.class)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + ".*..")
                        .or(assignableTo(LeaseStore.class))
                        .or(assignableTo(ClientObserver.class))
                        .or(assignableTo(LeaseClients.class))
                        .or(assignableTo(InternalLeaseClient.class))));
        check(classes()
                .that()
                .belongToAnyOf(TaskRunner.class)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + ".*..")
                        .or(resideInAPackage(TASKS_SPI))
                        .or(assignableTo(TaskRunners.class))));
        check(classes()
                .that()
                .belongToAnyOf(CurrentLeadership.class)
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage(ROOT + ".*..").or(assignableTo(LeadershipScope.class))));
    }

    /** Users need not know an implementation to call it: the entry points in the root package do. */
    @Test
    void theEngineAndTheTaskRunnerEachHaveOnePublicClass() {
        check(classes()
                .that()
                .resideInAPackage(CLIENT)
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .be(LeaseClients.class));
        check(classes()
                .that()
                .resideInAPackage(TASK_RUNNER)
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .be(TaskRunners.class));
    }

    @Test
    void theCoreDoesNotUseSpring() {
        check(noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework.."));
    }

    @Test
    void assignmentIsPure() {
        check(classes()
                .that()
                .resideInAPackage(ASSIGNMENT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT,
                        ASSIGNMENT,
                        "java.lang",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "org.jspecify.annotations"));
        check(noClasses()
                .that()
                .resideInAPackage(ASSIGNMENT)
                .should()
                .accessTargetWhere(startsThread())
                .orShould()
                .accessTargetWhere(readsClock())
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class));
    }

    /** A fence is passed the connection of the application, from the root package to the store, which alone uses it. */
    @Test
    void onlyPackagesForDatabasesUseJdbc() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(JDBC, POSTGRES, POSTGRES_TASKS)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                        .and(not(type(Connection.class).or(type(SQLException.class))))));
        check(noClasses()
                .that()
                .resideOutsideOfPackages(JDBC, POSTGRES, POSTGRES_TASKS)
                .should()
                .accessTargetWhere(targetOwner(type(Connection.class))));
    }

    @Test
    void sharedPackagesUseAtMostTheRootPackage() {
        check(noClasses()
                .that()
                .resideInAPackage(INTERNAL)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(ROOT, INTERNAL)))));
        check(noClasses()
                .that()
                .resideInAPackage(JDBC)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(resideOutsideOfPackage(JDBC))));
    }

    @Test
    void noOtherPackageUsesThePostgresStore() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(POSTGRES)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(POSTGRES));
    }

    @Test
    void storesUseNeitherTheEngineNorTasks() {
        check(noClasses()
                .that()
                .resideInAnyPackage(STORES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CLIENT, TASK_RUNNER, TASKS_SPI, POSTGRES_TASKS));
    }

    @Test
    void theTaskRunnerAndTheQueueShareOnlyTheirMessages() {
        check(noClasses()
                .that()
                .resideInAPackage(TASK_RUNNER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(POSTGRES_TASKS));
        check(noClasses()
                .that()
                .resideInAPackage(POSTGRES_TASKS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TASK_RUNNER));
        check(noClasses()
                .that()
                .resideInAPackage(TASKS_SPI)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TASK_RUNNER, POSTGRES_TASKS));
    }

    /** Stores are let off that give up calls which take too long: their threads are beside what they wait for. */
    @Test
    void theEngineOwnsThreads() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(CLIENT, TASK_RUNNER, POSTGRES, POSTGRES_TASKS)
                .should()
                .accessTargetWhere(startsThread()));
    }

    /** An implementation of a store is let off: where no server is behind it, its clock is the server's. */
    @Test
    void theEngineOwnsClocks() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(CLIENT, TASK_RUNNER, POSTGRES, POSTGRES_TASKS, MEMORY)
                .should()
                .accessTargetWhere(readsClock()));
    }

    private static DescribedPredicate<JavaClass> entryPoints() {
        return belongToAnyOf(LeaseClient.class, TaskRunner.class, CurrentLeadership.class);
    }

    private static DescribedPredicate<JavaAccess<?>> startsThread() {
        return DescribedPredicate.describe("starts a thread", access -> {
            JavaClass owner = access.getTarget().getOwner();
            boolean constructor = access.getTarget().getName().equals("<init>");
            return owner.isAssignableTo(Thread.class) && constructor
                    || owner.isEquivalentTo(Executors.class)
                    || owner.isEquivalentTo(Timer.class);
        });
    }

    private static DescribedPredicate<JavaAccess<?>> readsClock() {
        Set<String> readings = Set.of("now", "nanoTime", "currentTimeMillis", "systemUTC", "systemDefaultZone");
        return DescribedPredicate.describe("reads a clock", access -> {
            JavaClass owner = access.getTarget().getOwner();
            return readings.contains(access.getTarget().getName())
                    && (owner.isEquivalentTo(System.class)
                            || owner.isEquivalentTo(Clock.class)
                            || owner.isEquivalentTo(Instant.class));
        });
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CORE);
    }

    /** One slice for each package. */
    private static final class EveryPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return javaClass.getPackageName().startsWith(ROOT)
                    ? SliceIdentifier.of(javaClass.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    }
}
