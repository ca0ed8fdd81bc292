package io.github.dbleases.keyvalue.gcs;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.github.dbleases.StoreUnusableException;
import java.io.IOException;

/** Creates a client of Google Cloud Storage with the credentials of the environment. */
public final class GcsCredentials {

    static final String REMEDY =
            "Run with a service account (Compute Engine, Cloud Run, GKE with workload identity), or set the "
                    + "environment variable GOOGLE_APPLICATION_CREDENTIALS to a file with credentials, or run 'gcloud auth "
                    + "application-default login', or define a bean of type com.google.cloud.storage.Storage.";

    private GcsCredentials() {}

    /**
     * Returns a client with the application default credentials.
     *
     * @throws StoreUnusableException if there are none
     */
    public static Storage storageWithDefaultCredentials() {
        return storage(GoogleCredentials::getApplicationDefault);
    }

    static Storage storage(Source source) {
        try {
            return StorageOptions.http().setCredentials(source.get()).build().getService();
        } catch (IOException none) {
            throw new StoreUnusableException("There are no credentials for Google Cloud Storage.", REMEDY);
        }
    }

    /** Supplies credentials, or throws if there are none. */
    @FunctionalInterface
    interface Source {

        Credentials get() throws IOException;
    }
}
