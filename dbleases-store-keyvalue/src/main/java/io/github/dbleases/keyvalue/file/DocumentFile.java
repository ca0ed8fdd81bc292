package io.github.dbleases.keyvalue.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The file of a document: one line with the version, a checksum and the key, followed by the text. Any other file is
 * damaged, but still has a version, so that it can be replaced and deleted.
 */
final class DocumentFile {

    private static final Pattern HEADER = Pattern.compile("# dbleases ([0-9a-f-]{36}) ([0-9a-f]{8}) (\\S{1,700})");
    private static final int LONGEST_HEADER = 800;

    private DocumentFile() {}

    /**
     * The first line.
     *
     * @param key the key, empty if the file is damaged
     * @param length the length of the line in bytes, including its end
     */
    record Header(String key, String version, String checksum, int length) {}

    /** Writes a new file, and returns once it would survive a power failure. */
    static void write(Path file, String key, String version, String content) throws IOException {
        byte[] text = content.getBytes(UTF_8);
        byte[] header = "# dbleases %s %s %s\n"
                .formatted(version, checksum(text, 0), key)
                .getBytes(UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer all = ByteBuffer.allocate(header.length + text.length)
                    .put(header)
                    .put(text)
                    .flip();
            while (all.hasRemaining()) {
                channel.write(all);
            }
            channel.force(true);
        }
    }

    /** Reads the first line. Empty if there is no file. */
    static Optional<Header> header(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(header(in.readNBytes(LONGEST_HEADER)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /**
     * Reads the document of a key. Empty if there is no file.
     *
     * @throws StoreUnusableException if the file is damaged
     */
    static Optional<Document> read(Path file, String key) throws IOException {
        byte[] all;
        try {
            all = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        Header header = header(all);
        if (!header.key.equals(key) || !header.checksum.equals(checksum(all, header.length))) {
            throw new StoreUnusableException(
                    "The file %s has been changed or damaged: its first line or its checksum is wrong.".formatted(file),
                    "Restore its original content. If that is not possible, stop all clients, delete it and start them again.");
        }
        return Optional.of(
                new Document(new String(all, header.length, all.length - header.length, UTF_8), header.version));
    }

    private static Header header(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && end < LONGEST_HEADER && bytes[end] != '\n') {
            end++;
        }
        Matcher line = HEADER.matcher(new String(bytes, 0, end, UTF_8).stripTrailing());
        return end < bytes.length && line.matches()
                ? new Header(line.group(3), line.group(1), line.group(2), end + 1)
                : new Header("", "damaged-" + checksum(bytes, 0), "", 0);
    }

    private static String checksum(byte[] bytes, int from) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, from, bytes.length - from);
        return "%08x".formatted(checksum.getValue());
    }
}
