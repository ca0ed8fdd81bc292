package io.github.dbleases.process;

import io.github.dbleases.keyvalue.KeyValueLeaseStore;
import io.github.dbleases.keyvalue.file.FileBackend;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of a process that takes part on a directory of files and reports what it owns. */
final class FileWitnessProcess {

    private FileWitnessProcess() {}

    /** Takes the directory. */
    public static void main(String[] arguments) throws IOException {
        WitnessProcess.testify(new KeyValueLeaseStore(new FileBackend(Path.of(arguments[0]))));
    }
}
