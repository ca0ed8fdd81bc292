package io.github.dbleases.sample.orders;

import java.util.Map;

/**
 * The progress of the work.
 *
 * @param imported whether the import has finished
 * @param total the number of imported and added orders
 * @param done how many of them are done
 * @param byInstance what each instance has done
 * @param waiting how many orders are waiting, by partition
 */
public record Progress(
        boolean imported, long total, long done, Map<String, Share> byInstance, Map<Integer, Integer> waiting) {

    /**
     * What one instance has done.
     *
     * @param done how many orders
     * @param perSecond how many per second, over the last few seconds
     */
    public record Share(long done, double perSecond) {

        /** The share of an instance that has not done anything. */
        public static final Share NONE = new Share(0, 0);
    }
}
