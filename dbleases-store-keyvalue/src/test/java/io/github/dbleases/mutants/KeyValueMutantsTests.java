package io.github.dbleases.mutants;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Keeps the mutants of the key-value store in step with the sources and the tests, without running one. */
class KeyValueMutantsTests {

    @Test
    void theTextOfEachMutantOccursOnceInItsClass() throws IOException {
        MutantsTests.checkTexts(KeyValueMutants.ALL);
    }

    @Test
    void eachMutantHasAnotherNameAndTestsThatExist() {
        MutantsTests.checkNamesAndTests(KeyValueMutants.ALL);
    }
}
