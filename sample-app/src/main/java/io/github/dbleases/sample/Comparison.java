package io.github.dbleases.sample;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Compares what is stored, and reports the findings once: by the instance that is the first to insert them. */
public final class Comparison {

    private final TransactionTemplate snapshot;
    private final TransactionTemplate transaction;

    public Comparison(PlatformTransactionManager transactions) {
        this.transaction = new TransactionTemplate(transactions);
        // All statements of the comparison must see the same rows.
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.snapshot.setReadOnly(true);
    }

    /**
     * Compares, and inserts the findings in another transaction.
     *
     * @param compare returns the findings, or nothing if there is nothing to compare
     * @param insert returns whether the findings are new
     * @return the findings if they are new
     */
    public <F> Optional<F> report(Supplier<Optional<F>> compare, Predicate<F> insert) {
        Optional<F> findings = Objects.requireNonNull(snapshot.execute(reading -> compare.get()));
        return findings.filter(found -> Boolean.TRUE.equals(transaction.execute(writing -> insert.test(found))));
    }
}
