package io.github.dbleases.keyvalue;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Timer;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/** Enforces the one-way flows between the key-value store, its backends and the core. */
class ArchitectureTests {

    private static final String ROOT = "io.github.dbleases";
    private static final String STORE = ROOT + ".keyvalue";
    private static final String BACKENDS = ROOT + ".keyvalue.*..";
    private static final String JDBC = ROOT + ".keyvalue.jdbc..";

    private static final JavaClasses MODULE = new ClassFileImporter()
            .importUrl(KeyValueLeaseStore.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation());

    @Test
    void theStoreUsesOnlyTheInterfacesOfTheCore() {
        classes()
                .that()
                .resideInAPackage(STORE)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                        .or(resideInAnyPackage(
                                STORE, ROOT, ROOT + ".spi", ROOT + ".assignment", ROOT + ".internal.rows")))
                .check(MODULE);
    }

    @Test
    void backendsUseOnlyTheirInterface() {
        classes()
                .that()
                .resideInAPackage(BACKENDS)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                        .or(resideInAnyPackage(ROOT, BACKENDS))
                        .or(assignableTo(KeyValueBackend.class))
                        .or(assignableTo(KeyValueBackend.Document.class)))
                .check(MODULE);
    }

    @Test
    void noBackendUsesAnother() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".keyvalue.file..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JDBC)
                .check(MODULE);
        noClasses()
                .that()
                .resideInAPackage(JDBC)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".keyvalue.file..")
                .check(MODULE);
    }

    @Test
    void onlyTheBackendOnADatabaseUsesJdbc() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JDBC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(MODULE);
    }

    /** The store abandons calls that take too long, and has its own thread for that. */
    @Test
    void backendsStartNoThreads() {
        noClasses()
                .that()
                .resideInAPackage(BACKENDS)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Executor.class, Executors.class, ThreadFactory.class, Timer.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .check(MODULE);
    }
}
