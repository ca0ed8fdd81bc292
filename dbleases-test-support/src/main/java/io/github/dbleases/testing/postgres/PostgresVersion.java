package io.github.dbleases.testing.postgres;

/** The versions whose binaries are on the class path. */
public enum PostgresVersion {
    NEWEST("18", ""),
    OLDEST("14", "postgres-oldest/");

    private final String major;
    private final String resourceFolder;

    PostgresVersion(String major, String resourceFolder) {
        this.major = major;
        this.resourceFolder = resourceFolder;
    }

    /** The major version, such as {@code 18}. */
    public String major() {
        return major;
    }

    String resourceFolder() {
        return resourceFolder;
    }
}
