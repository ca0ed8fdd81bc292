package io.github.dbleases.sample.web;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The state that the page polls. */
@RestController
class StateController {

    private final StateReader reader;

    StateController(StateReader reader) {
        this.reader = reader;
    }

    @GetMapping("/state")
    ResponseEntity<State> state() {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(reader.read());
    }
}
