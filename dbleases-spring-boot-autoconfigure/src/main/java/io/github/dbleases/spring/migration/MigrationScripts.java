package io.github.dbleases.spring.migration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** The scripts of this version, by name. To search the class path for them takes time and fails in a native image. */
final class MigrationScripts {

    static final String FOLDER = "io/github/dbleases/migration/";

    static final List<Script> ALL = List.of(
            new Script(1, "V1__leases.sql", List.of("session", "lease", "member", "partition", "incarnation")),
            new Script(2, "V2__history.sql", List.of("event")));

    private MigrationScripts() {}

    /**
     * A script.
     *
     * @param version the number in its name
     * @param tables the tables that it creates, without their prefix
     */
    record Script(int version, String fileName, List<String> tables) {

        String path() {
            return FOLDER + fileName;
        }

        /** Returns its SQL, with placeholders. */
        String sql() {
            try (InputStream script = MigrationScripts.class.getClassLoader().getResourceAsStream(path())) {
                if (script == null) {
                    throw new IllegalStateException(path() + " is not on the class path.");
                }
                return new String(script.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Returns the checksum that Flyway keeps in its history: that of the lines without their terminators. */
        int checksum() {
            CRC32 checksum = new CRC32();
            new BufferedReader(new StringReader(sql()))
                    .lines()
                    .forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
            return (int) checksum.getValue();
        }
    }
}
