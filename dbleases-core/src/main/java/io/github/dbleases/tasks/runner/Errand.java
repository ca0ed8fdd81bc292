package io.github.dbleases.tasks.runner;

import io.github.dbleases.tasks.TaskRequest;

/**
 * A request to the queue.
 *
 * @param repeated whether it was sent before, without an answer
 */
record Errand<T>(TaskRequest<T> request, boolean repeated) {}
