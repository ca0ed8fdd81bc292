package io.github.dbleases.sample.orders;

import java.util.Map;

/**
 * How far the work has come.
 *
 * @param imported whether the import has finished
 * @param total imported and added orders
 * @param done those that are done
 * @param byInstance what each instance has done
 * @param waiting how many orders wait, by partition
 */
public record Progress(
        boolean imported, long total, long done, Map<String, Share> byInstance, Map<Integer, Integer> waiting) {

    /**
     * What one instance has done.
     *
     * @param done how many orders
     * @param perSecond how many per second in the last seconds
     */
    public record Share(long done, double perSecond) {

        /** That of an instance that has not done anything. */
        public static final Share NONE = new Share(0, 0);
    }
}
