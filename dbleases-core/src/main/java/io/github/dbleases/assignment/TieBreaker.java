package io.github.dbleases.assignment;

/** Orders members that are otherwise equal, differently for each lease. */
final class TieBreaker {

    private TieBreaker() {}

    /** FNV-1a over the name, then the finalizer of MurmurHash3 over it and the session (both in the public domain). */
    static long hash(String lease, long session) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < lease.length(); i++) {
            hash = (hash ^ lease.charAt(i)) * 0x100000001b3L;
        }
        hash ^= session * 0x9e3779b97f4a7c15L;
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
