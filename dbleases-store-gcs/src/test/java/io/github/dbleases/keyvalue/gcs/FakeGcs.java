package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The part of Google Cloud Storage's JSON API that the backend uses, over HTTP: insert by multipart upload, read, paged
 * lists and delete, each with generation preconditions. Faults are injected between the request and the reply.
 */
public final class FakeGcs implements AutoCloseable {

    public static final String BUCKET = "leases";

    static {
        // Headers and body are sent separately. The body would otherwise wait until the headers are acknowledged, 40 ms
        // later.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** Small, so that lists have several pages. */
    private static final int LONGEST_PAGE = 100;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SortedMap<String, StoredObject> objects = new TreeMap<>();
    private final Faults faults = new Faults();
    private long generation = 1_700_000_000_000_000L;

    private FakeGcs() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static FakeGcs start() {
        try {
            return new FakeGcs();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a client with its own connection pool and settings. */
    public Storage client() {
        return StorageOptions.http()
                .setHost("http://localhost:" + server.getAddress().getPort())
                .setProjectId("test")
                .setCredentials(NoCredentials.getInstance())
                .build()
                .getService();
    }

    Faults faults() {
        return faults;
    }

    /** Leaves every n-th write unanswered after it has taken effect. */
    public void loseReplies(int every) {
        faults.loseReplies(every);
    }

    synchronized void clear() {
        objects.clear();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Fault fault = faults.meet(exchange.getRequestMethod());
            if (!fault.beforeEffect(this::awaitClose)) {
                fault.reply(exchange);
                return;
            }
            Reply reply = answer(exchange, body);
            fault.afterEffect(this::awaitClose);
            if (fault.keepsReply()) {
                reply.send(exchange);
            } else {
                fault.reply(exchange);
            }
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Reply answer(HttpExchange exchange, byte[] body) {
        String path = exchange.getRequestURI().getRawPath().replaceFirst("^/(upload|download)", "");
        String[] parts = path.split("/", 7);
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        if (parts.length < 6 || !path.startsWith("/storage/v1/b/") || !parts[5].equals("o")) {
            return Reply.error(400, "invalid", "Unknown path: " + path);
        }
        if (!parts[4].equals(BUCKET)) {
            return Reply.error(404, "notFound", "The specified bucket does not exist.");
        }
        String name = parts.length == 7 ? URLDecoder.decode(parts[6], StandardCharsets.UTF_8) : null;
        return switch (exchange.getRequestMethod()) {
            case "POST" -> insert(Upload.of(exchange.getRequestHeaders().getFirst("Content-Type"), body), query);
            case "GET" -> name == null ? list(query) : read(name, query);
            case "DELETE" -> delete(name, query);
            default -> Reply.error(405, "methodNotAllowed", exchange.getRequestMethod());
        };
    }

    private Reply insert(Upload upload, Map<String, String> query) {
        String name = query.getOrDefault("name", upload.name());
        StoredObject present = objects.get(name);
        String condition = query.get("ifGenerationMatch");
        if (condition != null && Long.parseLong(condition) != (present == null ? 0 : present.generation())) {
            return Reply.conditionNotMet();
        }
        StoredObject written = new StoredObject(name, upload.metadata(), upload.content(), ++generation);
        objects.put(name, written);
        return Reply.json(200, written.toJson());
    }

    private Reply read(String name, Map<String, String> query) {
        StoredObject present = objects.get(name);
        if (present == null) {
            return Reply.noSuchObject(name);
        }
        if (!present.meets(query.get("ifGenerationMatch"))) {
            return Reply.conditionNotMet();
        }
        return "media".equals(query.get("alt")) ? Reply.media(present) : Reply.json(200, present.toJson());
    }

    private Reply delete(String name, Map<String, String> query) {
        StoredObject present = objects.get(name);
        if (present == null) {
            return Reply.noSuchObject(name);
        }
        if (!present.meets(query.get("ifGenerationMatch"))) {
            return Reply.conditionNotMet();
        }
        objects.remove(name);
        return Reply.noContent();
    }

    private Reply list(Map<String, String> query) {
        String prefix = query.getOrDefault("prefix", "");
        int size = Math.min(LONGEST_PAGE, Integer.parseInt(query.getOrDefault("maxResults", "1000")));
        List<StoredObject> rest = objects.tailMap(query.getOrDefault("pageToken", "")).values().stream()
                .filter(object -> object.name().startsWith(prefix))
                .toList();
        JsonObject page = new JsonObject();
        JsonArray items = new JsonArray();
        rest.stream().limit(size).map(StoredObject::toJson).forEach(items::add);
        page.add("items", items);
        if (rest.size() > size) {
            page.addProperty("nextPageToken", rest.get(size).name());
        }
        return Reply.json(200, page);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] both = pair.split("=", 2);
                query.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    /** A stored object. */
    private record StoredObject(String name, JsonObject metadata, byte[] content, long generation) {

        boolean meets(String ifGenerationMatch) {
            return ifGenerationMatch == null || Long.parseLong(ifGenerationMatch) == generation;
        }

        JsonObject toJson() {
            JsonObject json = metadata.deepCopy();
            json.addProperty("kind", "storage#object");
            json.addProperty("bucket", BUCKET);
            json.addProperty("name", name);
            json.addProperty("generation", Long.toString(generation));
            json.addProperty("size", Integer.toString(content.length));
            return json;
        }
    }

    /** The two parts of a multipart upload: the metadata of the object and its content. */
    private record Upload(JsonObject metadata, byte[] content) {

        private static final String BLANK_LINE = "\r\n\r\n";

        static Upload of(String contentType, byte[] body) {
            String boundary = "--" + contentType.replaceFirst(".*boundary=\"?([^\";]+)\"?.*", "$1");
            // One character for each byte.
            String text = new String(body, StandardCharsets.ISO_8859_1);
            int second = text.indexOf(boundary, boundary.length());
            String first = text.substring(text.indexOf(BLANK_LINE) + BLANK_LINE.length(), second);
            JsonObject metadata = JsonParser.parseString(
                            new String(first.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                    .getAsJsonObject();
            int begin = text.indexOf(BLANK_LINE, second) + BLANK_LINE.length();
            int end = text.lastIndexOf("\r\n" + boundary + "--");
            return new Upload(metadata, Arrays.copyOfRange(body, begin, end));
        }

        String name() {
            return metadata.get("name").getAsString();
        }
    }

    /** A response. */
    private record Reply(int status, String type, byte[] body) {

        static Reply json(int status, JsonObject body) {
            return new Reply(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
        }

        static Reply media(StoredObject object) {
            return new Reply(200, "text/plain", object.content());
        }

        static Reply noContent() {
            return new Reply(204, "text/plain", new byte[0]);
        }

        static Reply noSuchObject(String name) {
            return error(404, "notFound", "No such object: " + BUCKET + "/" + name);
        }

        static Reply conditionNotMet() {
            return error(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
        }

        static Reply error(int status, String reason, String message) {
            return json(status, Fault.error(status, reason, message));
        }

        void send(HttpExchange exchange) throws IOException {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
