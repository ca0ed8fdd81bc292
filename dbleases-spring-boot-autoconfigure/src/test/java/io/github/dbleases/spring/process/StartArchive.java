package io.github.dbleases.spring.process;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.process.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * An archive of the classes that an application loads while it starts. A JVM that uses it needs half the time to start. It
 * can't contain classes from directories, so those on the class path are packed as jars first. Made once for this JVM.
 */
final class StartArchive {

    private static final StartArchive INSTANCE = create();

    private final String classPath;
    private final List<String> options;

    private StartArchive(String classPath, List<String> options) {
        this.classPath = classPath;
        this.options = options;
    }

    /** Returns the class path of this JVM. Other places may be added to its end. */
    static String classPath() {
        return INSTANCE.classPath;
    }

    /** Returns the options that make a JVM use the archive. */
    static List<String> options() {
        return INSTANCE.options;
    }

    private static StartArchive create() {
        try {
            Path folder = Files.createTempDirectory("dbleases-start-archive");
            folder.toFile().deleteOnExit();
            String classPath = withoutDirectories(folder);
            Path archive = folder.resolve("start.jsa");
            archive.toFile().deleteOnExit();
            train(classPath, archive);
            return new StartArchive(
                    classPath, Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive) : List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String withoutDirectories(Path folder) throws IOException {
        List<String> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(place);
            if (Files.isDirectory(path)) {
                Path jar = folder.resolve(places.size() + ".jar");
                jar.toFile().deleteOnExit();
                pack(path, jar);
                places.add(jar.toString());
            } else {
                places.add(place);
            }
        }
        return String.join(File.pathSeparator, places);
    }

    private static void pack(Path directory, Path jar) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).collect(Collectors.toList());
        }
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Path file : files) {
                byte[] content = Files.readAllBytes(file);
                CRC32 checksum = new CRC32();
                checksum.update(content);
                ZipEntry entry =
                        new ZipEntry(directory.relativize(file).toString().replace(File.separatorChar, '/'));
                entry.setSize(content.length);
                entry.setCrc(checksum.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
    }

    private static void train(String classPath, Path archive) throws InterruptedException {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        Queue<String> output = new ConcurrentLinkedQueue<>();
        try (JavaProcess process = JavaProcess.start(
                output::add,
                classPath,
                List.of("-XX:ArchiveClassesAtExit=" + archive),
                Training.class.getName(),
                "--dbleases.leases.orders.partitions=8",
                "--spring.flyway.enabled=false",
                "--spring.liquibase.enabled=false",
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password())) {
            if (process.awaitEnd(Duration.ofMinutes(5)).orElse(-1) != 0) {
                throw new IllegalStateException("The training has failed: " + String.join("\n", output));
            }
        }
    }

    /** An application that starts and ends. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Training {

        public static void main(String[] arguments) {
            SpringApplication application = new SpringApplication(Training.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.run(arguments).close();
        }
    }
}
