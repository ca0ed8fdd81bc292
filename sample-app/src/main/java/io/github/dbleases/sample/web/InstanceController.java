package io.github.dbleases.sample.web;

import io.github.dbleases.sample.instance.InstanceEnd;
import io.github.dbleases.sample.instance.LauncherControl;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Stops this instance, and starts another one that has ended. */
@RestController
class InstanceController {

    private final InstanceEnd end;
    private final LauncherControl launcher;

    InstanceController(InstanceEnd end, LauncherControl launcher) {
        this.end = end;
        this.launcher = launcher;
    }

    /** How to end this instance. */
    record End(InstanceEnd.@Nullable How how) {}

    /** Accepts only JSON, which a page of another site cannot send without a preflight request. */
    @PostMapping(path = "/instance/end", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void end(@RequestBody End how) {
        if (how.how() == null) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "how must be GRACEFUL or KILL.");
        }
        end.end(how.how());
    }

    @PostMapping(path = "/instances/{name}/start", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void start(@PathVariable String name) {
        LauncherControl.Launched launched = launcher.instances().stream()
                .filter(instance -> instance.name().equals(name))
                .findAny()
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "The launcher has no instance '%s'.".formatted(name)));
        if (!launcher.start(launched.name())) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "%s is running.".formatted(name));
        }
    }
}
