package io.github.dbleases.keyvalue.file;

import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.keyvalue.KeyValueLeaseStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a store on a directory of files. */
class LeaseStoreOnFilesTests extends KeyValueLeaseStoreContract {

    @TempDir
    private Path directory;

    @Override
    protected KeyValueBackend backend() {
        return new FileBackend(directory.resolve("leases"));
    }
}
