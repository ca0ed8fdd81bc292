package io.github.dbleases.internal.jdbc;

import java.util.List;

/**
 * A statement that is ready to be prepared.
 *
 * @param text with a question mark for each parameter
 * @param parameters the names of the parameters, in the order of their question marks
 */
public record Sql(String text, List<String> parameters) {

    public Sql {
        parameters = List.copyOf(parameters);
    }
}
