/**
 * Documents as objects in a bucket of Google Cloud Storage.
 *
 * <p>The version of a document is the generation of its object, which the service gives to each write anew; conditions are
 * its generation preconditions. Reads and lists of the service are strongly consistent. Its limits are in
 * {@link io.github.dbleases.keyvalue.gcs.GcsBackend}.
 */
@NullMarked
package io.github.dbleases.keyvalue.gcs;

import org.jspecify.annotations.NullMarked;
