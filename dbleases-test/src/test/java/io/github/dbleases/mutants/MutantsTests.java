package io.github.dbleases.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Keeps the list of mutants in step with the sources and the tests, without running a mutant. */
class MutantsTests {

    @Test
    void theTextOfEachMutantOccursOnceInItsClass() throws IOException {
        for (Mutant mutant : Mutants.ALL) {
            assertThat(mutant.source()).as(mutant.name()).isNotEqualTo(Files.readString(mutant.file()));
        }
    }

    @Test
    void eachMutantHasItsOwnNameAndExistingTests() {
        assertThat(Mutants.ALL).extracting(Mutant::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(39);
        assertThat(Mutants.ALL).allSatisfy(mutant -> {
            assertThat(mutant.killers()).as(mutant.name()).isNotEmpty();
            assertThat(mutant.killers().stream().flatMap(Killers::selectors)).isNotEmpty();
        });
    }

    @Test
    void aTextThatDoesNotOccurExactlyOnceIsRefused() {
        Mutant mutant = Mutant.of("a", "b", "Timing");

        assertThatThrownBy(mutant.remove("public")::source)
                .hasMessageContaining("times in")
                .hasMessageContaining("'a'");
        assertThatThrownBy(mutant.remove("no such text")::source).hasMessageContaining("occurs 0 times");
    }
}
