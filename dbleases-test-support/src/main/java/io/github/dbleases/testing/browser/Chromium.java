package io.github.dbleases.testing.browser;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one page, which a test drives over the DevTools protocol. One thread at a time can use it.
 */
public final class Chromium implements AutoCloseable {

    /** The name of {@link #isInstalled()}, as the condition of a test. */
    public static final String INSTALLED = "io.github.dbleases.testing.browser.Chromium#isInstalled";

    /** Why a test is skipped without it. */
    public static final String NOT_INSTALLED =
            "No Chromium or Chrome is on the PATH. To run this test, install one, on Debian with: apt-get install chromium";

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<URI> requests = new CopyOnWriteArrayList<>();
    private @Nullable String session;

    /** Returns whether there is a browser to start. */
    public static boolean isInstalled() {
        return program().isPresent();
    }

    /** Starts the browser, which must be installed. */
    public static Chromium start() {
        return new Chromium(program().orElseThrow(() -> new IllegalStateException(NOT_INSTALLED)));
    }

    private static Optional<Path> program() {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Chromium(Path program) {
        try {
            profile = Files.createTempDirectory("chromium");
            process = new ProcessBuilder(
                            program.toString(),
                            "--headless=new",
                            // Root can't have a sandbox, and the pages are those of the test.
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--hide-scrollbars",
                            "--no-first-run",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address(), new Listener())
                .join();
        String target = send("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asString();
        session = send("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    /** Reads the output up to the line with the address, and the rest on a thread of its own. */
    private URI address() {
        CompletableFuture<URI> address = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader output = process.inputReader()) {
                        output.lines().forEach(line -> {
                            Matcher listening = LISTENING.matcher(line);
                            if (listening.find()) {
                                address.complete(URI.create(listening.group(1)));
                            }
                        });
                    } catch (IOException | UncheckedIOException ended) {
                        // It was closed.
                    }
                    address.completeExceptionally(new IllegalStateException("Chromium has ended"));
                },
                "output of chromium");
        reader.setDaemon(true);
        reader.start();
        return address.join();
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                JsonNode received = JSON.readTree(message.toString());
                message.setLength(0);
                receive(received);
            }
            webSocket.request(1);
            return null;
        }
    }

    private void receive(JsonNode message) {
        JsonNode parameters = message.path("params");
        switch (message.path("method").asString("")) {
            case "Runtime.exceptionThrown" -> errors.add(parameters.toString());
            case "Log.entryAdded" -> {
                JsonNode entry = parameters.path("entry");
                if (entry.path("level").asString("").equals("error")) {
                    errors.add(entry.path("text").asString("") + " "
                            + entry.path("url").asString(""));
                }
            }
            case "Network.requestWillBeSent" ->
                requests.add(URI.create(parameters.at("/request/url").asString()));
            default -> {
                CompletableFuture<JsonNode> answer =
                        answers.remove(message.path("id").asLong(0));
                if (answer != null) {
                    answer.complete(message);
                }
            }
        }
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> message = session == null
                ? Map.of("id", id, "method", method, "params", parameters)
                : Map.of("id", id, "method", method, "params", parameters, "sessionId", session);
        socket.sendText(JSON.writeValueAsString(message), true).join();
        JsonNode received = answer.orTimeout(60, TimeUnit.SECONDS).join();
        if (received.has("error")) {
            throw new IllegalStateException("%s: %s".formatted(method, received.get("error")));
        }
        return received.path("result");
    }

    /** Opens a page, and waits until its scripts have run. Errors and requests of the page before are forgotten. */
    public void open(URI page) {
        errors.clear();
        requests.clear();
        send("Page.navigate", Map.of("url", page.toString()));
        // Until then, expressions are evaluated in the page before, in a part of this one, or not at all.
        await(page.toString())
                .ignoreExceptions()
                .until(() -> evaluate("document.readyState + ' ' + location.href")
                        .asString()
                        .equals("complete " + page));
    }

    /** Sets the size of the page, in CSS pixels. */
    public void size(int width, int height) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets what the user prefers: {@code light} or {@code dark}. */
    public void colorScheme(String scheme) {
        Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
        send("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    /** Sends a header with each request from now on. */
    public void header(String name, String value) {
        send("Network.setExtraHTTPHeaders", Map.of("headers", Map.of(name, value)));
    }

    /** Cuts the page off from the network, or connects it again. */
    public void offline(boolean offline) {
        send(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** Presses a key, such as {@code Tab} or {@code ArrowRight}, on what has the focus. */
    public void press(String key) {
        Map<String, Integer> codes = Map.of(
                "Tab", 9, "Enter", 13, "Escape", 27, "ArrowLeft", 37, "ArrowUp", 38, "ArrowRight", 39, "ArrowDown", 40);
        for (String type : List.of("keyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type", type,
                            "key", key,
                            "code", key,
                            "windowsVirtualKeyCode", codes.get(key),
                            "text", key.equals("Enter") && type.equals("keyDown") ? "\r" : ""));
        }
    }

    /** Types a text into what has the focus. */
    public void type(String text) {
        send("Input.insertText", Map.of("text", text));
    }

    /** Evaluates JavaScript in the page, and returns its value, or that of its promise. */
    public JsonNode evaluate(String expression) {
        JsonNode result =
                send("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError("%s: %s".formatted(expression, result.get("exceptionDetails")));
        }
        return result.at("/result/value");
    }

    /** Waits until an expression is true. */
    public void awaitTrue(String expression) {
        await(expression)
                .until(() -> evaluate("Boolean(%s)".formatted(expression)).asBoolean());
    }

    /** Returns what was reported on the console as an error since the page was opened, including violations of its policy. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Returns the addresses that were requested since the page was opened. */
    public List<URI> requests() {
        return List.copyOf(requests);
    }

    /** Returns a picture of what is visible, as PNG. */
    public byte[] screenshot() {
        String data = send("Page.captureScreenshot", Map.of("format", "png"))
                .get("data")
                .asString();
        return Base64.getDecoder().decode(data);
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        // A process of the browser that has not ended yet can still write into the profile.
        await("the profile is deleted").until(() -> {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(file);
                }
                return true;
            } catch (IOException | UncheckedIOException busy) {
                return Files.notExists(profile);
            }
        });
    }
}
