/**
 * Keeps documents as objects in a bucket of Google Cloud Storage.
 *
 * <p>The version of a document is the generation of its object. The service assigns a new one to each write, and
 * conditions are generation preconditions. Reads and lists are strongly consistent. {@link
 * io.github.dbleases.keyvalue.gcs.GcsBackend} describes the limits.
 */
@NullMarked
package io.github.dbleases.keyvalue.gcs;

import org.jspecify.annotations.NullMarked;
