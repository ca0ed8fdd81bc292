package io.github.dbleases.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the integrations apart from the engine; a rule holds for a package that is still empty. */
class ArchitectureTests {

    private static final JavaClasses MODULE = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.github.dbleases.spring.(**)").should().beFreeOfCycles());
    }

    @Test
    void onlyAutoConfigurationsKnowTheEngineAndTheStores() {
        check(noClasses()
                .that()
                .haveNameNotMatching(".*Configuration(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.github.dbleases.internal.client..",
                        "io.github.dbleases.spi",
                        "io.github.dbleases.postgres",
                        "io.github.dbleases.memory..",
                        "io.github.dbleases.keyvalue.."));
    }

    /** Users type the first two; the others are public because Spring Boot, or another package, needs them. */
    @Test
    void fewTypesArePublic() {
        assertThat(MODULE.stream()
                        .filter(type ->
                                type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder(
                        "DbLeasesDataSource",
                        "TransactionFence",
                        "DbLeasesAutoConfiguration",
                        "LeaseStoreAutoConfiguration",
                        "LeaseMigrationAutoConfiguration",
                        "LeaderOnlyAutoConfiguration",
                        "TaskRunnersAutoConfiguration",
                        "LeasesEndpointAutoConfiguration",
                        "LeasesHealthAutoConfiguration",
                        "LeasesPageAutoConfiguration",
                        "LeaseMetricsAutoConfiguration",
                        "LeasesEndpoint",
                        "LeasesDescriptor",
                        "LeaseDescriptor",
                        "HistoryDescriptor",
                        "OperationDescriptor",
                        "LeasesEndpointWebExtension",
                        "DbLeasesProperties",
                        "StoreType",
                        "NamedBeanRegistrar",
                        "DbLeasesConnections",
                        "ConnectionOverrides",
                        "JdbcUrl",
                        "KnownProperties",
                        "PropertyCheck");
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MODULE);
    }
}
