package io.github.dbleases.sample.orders;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Writes the file of orders that comes with the application. It has the same bytes on every machine, because {@link
 * Random} and {@link StrictMath} are specified to the last bit.
 */
final class OrderFileGenerator {

    static final int ORDERS = 10_000;
    static final int CUSTOMERS = 500;

    private static final long SEED = 20_260_101;

    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Amara", "Anton", "Beatriz", "Björn", "Camille", "Chidi", "Clara", "Daniel", "Dilara", "Elif",
            "Emeka", "Esther", "Fatima", "Félix", "Freya", "Giulia", "Hana", "Henrik", "Ingrid", "Isaac", "Jana",
            "Joaquín", "Kofi", "Lars", "Leila", "Lucía", "Magnus", "Maya", "Mei", "Milan", "Nadia", "Noah", "Olga",
            "Oscar", "Priya", "Ravi", "Rosa", "Sakura", "Samir", "Selma", "Soren", "Tariq", "Thea", "Tomás", "Uma",
            "Viktor", "Yara", "Yusuf", "Zoë");

    private static final List<String> LAST_NAMES = List.of(
            "Abara",
            "Almeida",
            "Andersson",
            "Bauer",
            "Bianchi",
            "Brandt",
            "Castillo",
            "Chen",
            "Costa",
            "Demir",
            "Dubois",
            "Eriksen",
            "Fischer",
            "Fontaine",
            "García",
            "Haddad",
            "Hansen",
            "Hoffmann",
            "Ito",
            "Jansen",
            "Kaya",
            "Keller",
            "Kovács",
            "Kumar",
            "Larsen",
            "Lefèvre",
            "Lindqvist",
            "Mensah",
            "Moreau",
            "Moretti",
            "Müller",
            "Nakamura",
            "Nowak",
            "Nwosu",
            "Okafor",
            "Oliveira",
            "Park",
            "Petrov",
            "Ramos",
            "Rossi",
            "Sato",
            "Schneider",
            "Silva",
            "Tanaka",
            "Torres",
            "Varga",
            "Vogel",
            "Weber",
            "Yılmaz",
            "Zhang");

    private final Random random = new Random(SEED);

    private OrderFileGenerator() {}

    /** Run this from the module's directory. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of("src/main/resources/orders.csv"), generate(), StandardCharsets.UTF_8);
    }

    static String generate() {
        return new OrderFileGenerator().lines();
    }

    private String lines() {
        List<String> customers = customers();
        StringBuilder lines = new StringBuilder("order,customer,name,cents\n");
        for (int order = 1; order <= ORDERS; order++) {
            // Few customers order often, and many rarely.
            int customer = (int) (CUSTOMERS * StrictMath.pow(random.nextDouble(), 1.7));
            lines.append(order)
                    .append(',')
                    .append(customers.get(customer))
                    .append(',')
                    .append(cents())
                    .append('\n');
        }
        return lines.toString();
    }

    /** The number and the name of each customer, with the most frequent customers first. */
    private List<String> customers() {
        List<String> names = new ArrayList<>();
        for (String first : FIRST_NAMES) {
            for (String last : LAST_NAMES) {
                names.add(first + " " + last);
            }
        }
        Collections.shuffle(names, random);
        List<String> customers = new ArrayList<>();
        for (int number = 1; number <= CUSTOMERS; number++) {
            customers.add(String.format(Locale.ROOT, "C-%04d,%s", number, names.get(number - 1)));
        }
        Collections.shuffle(customers, random);
        return customers;
    }

    /** Between 2 and 600; one order in twelve is a refund. */
    private long cents() {
        long cents = StrictMath.round(200 * StrictMath.exp(5.7 * StrictMath.pow(random.nextDouble(), 1.5)));
        return random.nextInt(12) == 0 ? -cents : cents;
    }
}
