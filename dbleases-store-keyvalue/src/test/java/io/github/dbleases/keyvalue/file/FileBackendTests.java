package io.github.dbleases.keyvalue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effects of changes that people make to a directory of documents. */
class FileBackendTests {

    @TempDir
    private Path directory;

    private FileBackend backend;

    @BeforeEach
    void use() {
        backend = new FileBackend(directory);
    }

    @Test
    void aMissingDirectoryIsCreated() {
        Path missing = directory.resolve("a/b");
        FileBackend created = new FileBackend(missing);

        assertThat(created.list("")).isEmpty();
        assertThat(created.put("lease/orders", "", null)).isPresent();

        assertThat(missing).isDirectory();
    }

    @Test
    void aDirectoryCanBeUsedUnderSeveralNames() throws IOException {
        Path link =
                Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
        new FileBackend(directory.resolve("real")).put("lease/orders", "", null);

        assertThat(new FileBackend(link).put("lease/orders", "", null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "file/below"})
    void aPathThatCannotBeADirectoryIsRefusedWithItsNameAndARemedy(String name) throws IOException {
        Files.writeString(directory.resolve("file"), "");
        FileBackend unusable = new FileBackend(directory.resolve(name));

        assertThatThrownBy(() -> unusable.put("lease/orders", "", null))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining(directory.resolve(name).toString())
                .hasMessageContaining("choose another directory");
        assertThatThrownBy(() -> unusable.list("")).isInstanceOf(StoreUnusableException.class);
    }

    @Test
    void aDocumentIsAReadableFile() throws IOException {
        backend.put("lease/team:A/orders", "kind partitions\n", null);

        Path file = Path.of(backend.place("lease/team:A/orders"));
        assertThat(file.getFileName()).hasToString("lease+team=@a+orders.txt");
        assertThat(Files.readAllLines(file)).hasSize(2).endsWith("kind partitions");
        assertThat(file.toString()).startsWith(directory.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "# dbleases", "kind partitions\nrubbish"})
    void aDamagedFileGivesAnErrorWithItsNameAndCanBeReplaced(String rubbish) throws IOException {
        String good = backend.put("lease/customers", "good", null).orElseThrow();
        String version = backend.put("lease/orders", "kind partitions\n", null).orElseThrow();
        Path file = Path.of(backend.place("lease/orders"));
        Files.writeString(file, rubbish);

        assertThatThrownBy(() -> backend.get("lease/orders"))
                .isInstanceOf(StoreUnusableException.class)
                .hasMessageContaining(file.toString());
        assertThat(backend.get("lease/customers")).contains(new Document("good", good));
        assertThat(backend.list("lease/customers")).containsEntry("lease/customers", good);
        assertThat(backend.put("lease/orders", "", version)).isEmpty();
        assertThat(backend.put("lease/orders", "", null)).isEmpty();

        Files.delete(file);
        assertThat(backend.put("lease/orders", "", null)).isPresent();
    }

    @Test
    void anEditedTextIsDamagedToo() throws IOException {
        String version = backend.put("lease/orders", "token 17\n", null).orElseThrow();
        Path file = Path.of(backend.place("lease/orders"));
        Files.writeString(file, Files.readString(file).replace("token 17", "token 18"));

        assertThatThrownBy(() -> backend.get("lease/orders")).isInstanceOf(StoreUnusableException.class);

        assertThat(backend.put("lease/orders", "token 17\n", version)).isPresent();
        assertThat(backend.get("lease/orders")).isPresent();
    }

    @Test
    void otherFilesAreIgnored() throws IOException {
        Path readme = Files.writeString(directory.resolve("README.md"), "Hands off");
        Path hidden = Files.createDirectory(directory.resolve(".snapshot"));

        assertThat(backend.list("")).isEmpty();

        assertThat(readme).exists();
        assertThat(hidden).exists();
    }

    @Test
    void oldTemporaryFilesAreDeletedButFreshOnesAreNot() throws IOException {
        Path left = Files.writeString(directory.resolve("0000.tmp"), "half a docu");
        Path fresh = Files.writeString(directory.resolve("0001.tmp"), "half a docu");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

        assertThat(backend.list("")).isEmpty();

        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void writesAndDeletesLeaveNoFilesBehind() throws IOException {
        String version = backend.put("lease/orders", "", null).orElseThrow();
        backend.put("lease/orders", "", null);
        backend.put("lease/orders", "", "another version");
        backend.delete("lease/orders", version);

        assertThat(files()).containsExactly("leases.lock");
    }

    @Test
    void aLockFileThatExistsOrIsMissingDoesNoHarm() throws IOException {
        Files.writeString(directory.resolve("leases.lock"), "left by a process that is dead");

        String version = backend.put("lease/orders", "", null).orElseThrow();
        Files.delete(directory.resolve("leases.lock"));

        assertThat(new FileBackend(directory).put("lease/orders", "", version)).isPresent();
        assertThat(backend.list("")).hasSize(1);
    }

    @Test
    void aDeletedDirectoryIsCreatedAgain() throws IOException {
        String version = backend.put("lease/orders", "", null).orElseThrow();
        for (String file : files()) {
            Files.delete(directory.resolve(file));
        }
        Files.delete(directory);

        assertThat(backend.get("lease/orders")).isEmpty();
        assertThat(backend.delete("lease/orders", version)).isFalse();
        assertThat(backend.put("lease/orders", "", version)).isEmpty();
        assertThat(backend.put("lease/orders", "", null)).isPresent();
    }

    @Test
    void anInvalidKeyIsRefused() {
        assertThatThrownBy(() -> backend.get("lease/ä b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lease/ä b");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
