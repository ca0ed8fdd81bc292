package io.github.dbleases.keyvalue.gcs;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What goes wrong between a request and its reply. */
enum Fault {
    NONE,

    /** Before the request is looked at, something else happens. */
    INTERLUDE,

    /** The connection breaks before the request has come. */
    REQUEST_LOST,

    /** The connection breaks after the request has had its effect. */
    REPLY_LOST,

    /** There is no reply for as long as the test lasts, and the request has no effect. */
    SILENCE,

    /** There is no reply for as long as the test lasts, and the request has its effect. */
    SILENCE_AFTER_EFFECT,

    /** The service cannot answer. */
    UNAVAILABLE(503, "backendError"),

    /** The service cannot answer any more. */
    UNAVAILABLE_AFTER_EFFECT(503, "backendError"),

    /** An object is written too often. */
    TOO_MANY_REQUESTS(429, "rateLimitExceeded"),

    /** A quota is used up, as the service says it in some places. */
    RATE_LIMIT(403, "rateLimitExceeded"),

    FORBIDDEN(403, "forbidden"),

    UNAUTHORIZED(401, "required"),

    INVALID(400, "invalid");

    private final int status;
    private final String reason;

    Fault() {
        this(0, "");
    }

    Fault(int status, String reason) {
        this.status = status;
        this.reason = reason;
    }

    /** Returns whether the request goes on and has its effect. */
    boolean beforeEffect(Runnable wait) {
        if (this == SILENCE) {
            wait.run();
        }
        return keepsReply() || this == REPLY_LOST || this == SILENCE_AFTER_EFFECT || this == UNAVAILABLE_AFTER_EFFECT;
    }

    void afterEffect(Runnable wait) {
        if (this == SILENCE_AFTER_EFFECT) {
            wait.run();
        }
    }

    boolean keepsReply() {
        return this == NONE || this == INTERLUDE;
    }

    /** Replies with an error, or with nothing: the connection is closed then. */
    void reply(HttpExchange exchange) throws IOException {
        if (status != 0) {
            byte[] body = error(status, reason, "Said by the test: " + this)
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    static JsonObject error(int status, String reason, String message) {
        JsonObject detail = new JsonObject();
        detail.addProperty("domain", "global");
        detail.addProperty("reason", reason);
        detail.addProperty("message", message);
        JsonArray details = new JsonArray();
        details.add(detail);
        JsonObject error = new JsonObject();
        error.addProperty("code", status);
        error.addProperty("message", message);
        error.add("errors", details);
        JsonObject body = new JsonObject();
        body.add("error", error);
        return body;
    }
}
