package io.github.dbleases.keyvalue.gcs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.dbleases.keyvalue.KeyValueBackend;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    private static final String ROOT = "io.github.dbleases";

    @Test
    void theBackendUsesOnlyTheInterfaceThatItImplements() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                        .or(resideInAnyPackage(ROOT, ROOT + ".keyvalue.gcs"))
                        .or(assignableTo(KeyValueBackend.class))
                        .or(assignableTo(KeyValueBackend.Document.class)))
                .check(new ClassFileImporter()
                        .importUrl(GcsBackend.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()));
    }
}
