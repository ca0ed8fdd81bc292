package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps documents as objects in a bucket. Any number of threads may use a backend.
 *
 * <p>If the service is overloaded or does not answer, a request is repeated within the time budget of the call. A
 * repeated write may fail because the first attempt took effect, so each write carries a mark that identifies it. If
 * another write has replaced it in the meantime, its outcome is unknown, and the exception says so.
 *
 * <p>The service accepts about one write per second for each object, and more in a short burst. Further writes wait.
 * Disable soft delete and versioning for the bucket, because each heartbeat writes an object.
 */
public final class GcsBackend implements KeyValueBackend {

    /** The metadata key of the mark. */
    private static final String MARK = "dbleases-write";

    private static final int PAGE = 1000;

    private final Storage storage;
    private final GcsBackendConfig config;

    /** Whether the bucket is known to exist. The service also reports an object as missing if there is no bucket. */
    private volatile boolean bucketSeen;

    /**
     * Creates a backend. It calls the service when it is first used.
     *
     * @param storage a client that uses HTTP; its credentials and its host are used, its timeouts and retries are not
     * @throws IllegalArgumentException if the client uses gRPC
     */
    public GcsBackend(Storage storage, GcsBackendConfig config) {
        this.storage = BoundedStorage.of(storage, config.timeout());
        this.config = config;
    }

    @Override
    public Optional<Document> get(String key) {
        Attempts attempts = new Attempts(config);
        while (true) {
            attempts.begin();
            try {
                Blob found = storage.get(id(key), BlobGetOption.fields(BlobField.GENERATION));
                if (found == null) {
                    requireBucket();
                    return Optional.empty();
                }
                return Optional.of(new Document(read(key, found.getGeneration()), version(found)));
            } catch (StorageException e) {
                if (Failures.conditionDoesNotHold(e) || (bucketSeen && Failures.isMissing(e))) {
                    attempts.again();
                } else {
                    attempts.pauseAfter(e);
                }
            }
        }
    }

    private void requireBucket() {
        if (!bucketSeen) {
            storage.list(config.bucket(), BlobListOption.prefix(config.prefix()), BlobListOption.pageSize(1));
            bucketSeen = true;
        }
    }

    private String read(String key, long generation) {
        byte[] content = storage.readAllBytes(id(key), BlobSourceOption.generationMatch(generation));
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public Optional<String> put(String key, String content, @Nullable String ifVersion) {
        BlobTargetOption condition = BlobTargetOption.doesNotExist();
        if (ifVersion != null) {
            Long generation = generation(ifVersion);
            if (generation == null) {
                return Optional.empty();
            }
            condition = BlobTargetOption.generationMatch(generation);
        }
        return put(key, content.getBytes(StandardCharsets.UTF_8), condition);
    }

    private Optional<String> put(String key, byte[] content, BlobTargetOption condition) {
        String mark = UUID.randomUUID().toString();
        BlobInfo object = BlobInfo.newBuilder(id(key))
                .setContentType("text/plain; charset=utf-8")
                .setCacheControl("no-store")
                .setMetadata(Map.of(MARK, mark))
                .build();
        Attempts attempts = new Attempts(config);
        while (true) {
            attempts.begin();
            try {
                return Optional.of(
                        version(storage.create(object, content, condition, BlobTargetOption.disableGzipContent())));
            } catch (StorageException e) {
                if (!Failures.conditionDoesNotHold(e)) {
                    attempts.pauseAfter(e);
                } else if (attempts.effectPossible()) {
                    return Optional.of(versionOfOwnWrite(key, mark));
                } else {
                    return Optional.empty();
                }
            }
        }
    }

    /** Returns the version of a write that may have taken effect in an earlier attempt. */
    private String versionOfOwnWrite(String key, String mark) {
        Attempts attempts = new Attempts(config);
        while (true) {
            attempts.begin();
            try {
                Blob found = storage.get(id(key), BlobGetOption.fields(BlobField.GENERATION, BlobField.METADATA));
                if (found != null
                        && found.getMetadata() != null
                        && mark.equals(found.getMetadata().get(MARK))) {
                    return version(found);
                }
                throw outcomeOpen(key);
            } catch (StorageException e) {
                attempts.pauseAfter(e);
            }
        }
    }

    @Override
    public boolean delete(String key, String ifVersion) {
        Long generation = generation(ifVersion);
        if (generation == null) {
            return false;
        }
        Attempts attempts = new Attempts(config);
        while (true) {
            attempts.begin();
            boolean deleted;
            try {
                deleted = storage.delete(id(key), BlobSourceOption.generationMatch(generation));
            } catch (StorageException e) {
                if (!Failures.conditionDoesNotHold(e)) {
                    attempts.pauseAfter(e);
                    continue;
                }
                deleted = false;
            }
            if (!deleted && attempts.effectPossible()) {
                throw outcomeOpen(key);
            }
            return deleted;
        }
    }

    @Override
    public Map<String, String> list(String prefix) {
        Attempts attempts = new Attempts(config);
        while (true) {
            attempts.begin();
            try {
                Map<String, String> versions = new TreeMap<>();
                storage.list(
                                config.bucket(),
                                BlobListOption.prefix(config.prefix() + prefix),
                                BlobListOption.pageSize(PAGE),
                                BlobListOption.fields(BlobField.NAME, BlobField.GENERATION))
                        .iterateAll()
                        .forEach(object -> versions.put(
                                object.getName().substring(config.prefix().length()), version(object)));
                return versions;
            } catch (StorageException e) {
                attempts.pauseAfter(e);
            }
        }
    }

    @Override
    public String place(String key) {
        return "gs://%s/%s%s".formatted(config.bucket(), config.prefix(), key);
    }

    @Override
    public String toString() {
        return "bucket " + config.bucket();
    }

    private StoreUnavailableException outcomeOpen(String key) {
        return new StoreUnavailableException(
                "An attempt to write %s was not answered, and the object has been written since, so the outcome is unknown."
                        .formatted(place(key)));
    }

    private BlobId id(String key) {
        return BlobId.of(config.bucket(), config.prefix() + key);
    }

    private static String version(Blob object) {
        return Long.toString(object.getGeneration());
    }

    /**
     * Returns null if the version is not a generation. 0 is not a generation either: as a condition,
     * it would mean that the object must not exist.
     */
    private static @Nullable Long generation(String version) {
        try {
            long generation = Long.parseLong(version);
            return generation > 0 ? generation : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
