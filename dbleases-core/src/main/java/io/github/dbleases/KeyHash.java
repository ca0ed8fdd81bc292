package io.github.dbleases;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Spreads keys over partitions. It uses MD5 because every PostgreSQL has that too, without an extension. */
final class KeyHash {

    private KeyHash() {}

    static int partitionOf(String key, int partitions) {
        byte[] digest = md5().digest(key.getBytes(StandardCharsets.UTF_8));
        long first60Bits = ByteBuffer.wrap(digest).getLong() >>> 4;
        return (int) (first60Bits % partitions);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has MD5", impossible);
        }
    }
}
