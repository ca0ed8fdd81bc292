package io.github.dbleases;

/** Removes a listener when it is closed. A call that is already running completes; there are no further calls. */
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
