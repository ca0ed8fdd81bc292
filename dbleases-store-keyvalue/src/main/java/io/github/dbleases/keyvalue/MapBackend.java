package io.github.dbleases.keyvalue;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps documents in the memory of one Java process, for tests. */
public final class MapBackend implements KeyValueBackend {

    private final SortedMap<String, Document> documents = new TreeMap<>();
    private long writes;

    @Override
    public synchronized Optional<Document> get(String key) {
        return Optional.ofNullable(documents.get(key));
    }

    @Override
    public synchronized Optional<String> put(String key, String content, @Nullable String ifVersion) {
        Document present = documents.get(key);
        if (present == null ? ifVersion != null : !present.version().equals(ifVersion)) {
            return Optional.empty();
        }
        String version = Long.toString(++writes);
        documents.put(key, new Document(content, version));
        return Optional.of(version);
    }

    @Override
    public synchronized boolean delete(String key, String ifVersion) {
        Document present = documents.get(key);
        return present != null && present.version().equals(ifVersion) && documents.remove(key, present);
    }

    @Override
    public synchronized Map<String, String> list(String prefix) {
        Map<String, String> versions = new TreeMap<>();
        documents.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .forEach(entry -> versions.put(entry.getKey(), entry.getValue().version()));
        return versions;
    }

    @Override
    public String toString() {
        return "documents in memory";
    }
}
