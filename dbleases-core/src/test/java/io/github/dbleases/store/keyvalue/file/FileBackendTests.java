package io.github.dbleases.store.keyvalue.file;

import io.github.dbleases.store.keyvalue.KeyValueBackend;
import io.github.dbleases.store.keyvalue.KeyValueBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a directory of files. */
class FileBackendTests extends KeyValueBackendContract {

    @TempDir
    private Path directory;

    private FileBackend backend;

    @BeforeEach
    void use() {
        backend = new FileBackend(directory);
    }

    @Override
    protected KeyValueBackend backend() {
        return backend;
    }

    @Override
    protected KeyValueBackend another() {
        return new FileBackend(directory);
    }
}
