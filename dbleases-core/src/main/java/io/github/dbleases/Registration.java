package io.github.dbleases;

/** Removes a listener when it is closed; it is not called again after the call that is under way. */
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
