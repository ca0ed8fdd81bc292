package io.github.dbleases.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps the list of mutants in step with the sources and the tests, without running a mutant. */
class MutantsTests {

    @Test
    void theTextOfEachMutantOccursOnceInItsClass() throws IOException {
        checkTexts(Mutants.ALL);
    }

    @Test
    void eachMutantHasAUniqueNameAndTestsThatExist() {
        assertThat(Mutants.ALL).hasSizeGreaterThanOrEqualTo(39);
        checkNamesAndTests(Mutants.ALL);
    }

    static void checkTexts(List<Mutant> mutants) throws IOException {
        for (Mutant mutant : mutants) {
            assertThat(mutant.source()).as(mutant.name()).isNotEqualTo(Files.readString(mutant.file()));
        }
    }

    static void checkNamesAndTests(List<Mutant> mutants) {
        assertThat(mutants).extracting(Mutant::name).isNotEmpty().doesNotHaveDuplicates();
        assertThat(mutants).allSatisfy(mutant -> {
            assertThat(mutant.killers()).as(mutant.name()).isNotEmpty();
            assertThat(mutant.killers().stream().flatMap(Killers::selectors)).isNotEmpty();
        });
    }

    @Test
    void aTextThatOccursTwiceOrNeverIsRefused() {
        Mutant mutant = Mutant.of("a", "b", "Timing");

        assertThatThrownBy(mutant.remove("public")::source)
                .hasMessageContaining("times in")
                .hasMessageContaining("'a'");
        assertThatThrownBy(mutant.remove("no such text")::source).hasMessageContaining("occurs 0 times");
    }
}
