package io.github.dbleases.keyvalue.gcs;

import com.google.cloud.storage.StorageException;
import io.github.dbleases.StoreUnusableException;
import java.util.Set;

/** Classifies the responses of the service by their HTTP status. */
final class Failures {

    private static final int NO_ANSWER = 0;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int CONDITION_NOT_MET = 412;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private static final Set<String> RATE_LIMITS = Set.of("rateLimitExceeded", "userRateLimitExceeded");

    private static final String ROLES =
            "Give the service account the role roles/storage.objectUser on the bucket, or roles with the permissions "
                    + "storage.objects.create, .delete, .get and .list.";

    private Failures() {}

    static boolean conditionDoesNotHold(StorageException e) {
        return e.getCode() == CONDITION_NOT_MET;
    }

    static boolean isMissing(StorageException e) {
        return e.getCode() == NOT_FOUND;
    }

    /** Returns whether another attempt may succeed. */
    static boolean isTransient(StorageException e) {
        return isRateLimit(e) || leavesOutcomeOpen(e);
    }

    /** Returns whether the request may have taken effect. A request that was rate limited has not. */
    static boolean leavesOutcomeOpen(StorageException e) {
        int code = e.getCode();
        return code == NO_ANSWER || code == REQUEST_TIMEOUT || code >= SERVER_ERROR;
    }

    private static boolean isRateLimit(StorageException e) {
        if (e.getCode() == FORBIDDEN) {
            return e.getReason() != null && RATE_LIMITS.contains(e.getReason());
        }
        return e.getCode() == TOO_MANY_REQUESTS;
    }

    static StoreUnusableException unusable(StorageException e, GcsBackendConfig config) {
        String bucket = config.bucket();
        return switch (e.getCode()) {
            case NOT_FOUND ->
                new StoreUnusableException(
                        "The bucket '%s' does not exist: %s".formatted(bucket, e.getMessage()),
                        "Create it, for example with 'gcloud storage buckets create gs://%s', or set bucket to one that exists."
                                .formatted(bucket),
                        "bucket");
            case UNAUTHORIZED ->
                new StoreUnusableException(
                        "Google Cloud Storage does not accept the credentials, or got none: " + e.getMessage(),
                        GcsCredentials.REMEDY);
            case FORBIDDEN ->
                new StoreUnusableException(
                        "Access to the bucket '%s' is forbidden: %s".formatted(bucket, e.getMessage()),
                        ROLES
                                + " The bucket must not have a retention policy, because it would prevent objects from being changed.");
            default ->
                new StoreUnusableException(
                        "Google Cloud Storage refused a request for the bucket '%s' (%d): %s"
                                .formatted(bucket, e.getCode(), e.getMessage()),
                        "Check bucket and prefix.",
                        "bucket",
                        "prefix");
        };
    }
}
