package io.github.dbleases.sample.orders;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The file of orders that comes with the application, against which the {@link BalanceCheck} compares. */
final class OrderFile {

    private static final String RESOURCE = "/orders.csv";

    private OrderFile() {}

    /**
     * A line of the file.
     *
     * @param order its number
     * @param customer the number of the customer
     * @param name the name of the customer
     * @param amount in cents, negative for a refund
     */
    record Line(long order, String customer, String name, long amount) {

        private static Line parse(String line) {
            String[] fields = line.split(",", -1);
            return new Line(Long.parseLong(fields[0]), fields[1], fields[2], Long.parseLong(fields[3]));
        }
    }

    /** Returns the first lines, by ascending number; fewer than requested if the file is shorter. */
    static List<Line> first(int lines) {
        try (InputStream file = OrderFile.class.getResourceAsStream(RESOURCE)) {
            if (file == null) {
                throw new IllegalStateException("No %s on the class path".formatted(RESOURCE));
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
            return reader.lines().skip(1).limit(lines).map(Line::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
