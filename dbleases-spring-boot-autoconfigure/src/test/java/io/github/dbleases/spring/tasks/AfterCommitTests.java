package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

class AfterCommitTests {

    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void end() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.clear();
        }
    }

    @Test
    void withoutATransactionItRunsAtOnce() {
        ManagedTaskRunner.AfterCommit.run(runs::incrementAndGet);

        assertThat(runs).hasValue(1);
    }

    @Test
    void inATransactionItRunsAfterTheCommit() {
        TransactionSynchronizationManager.initSynchronization();
        TransactionSynchronizationManager.setActualTransactionActive(true);

        ManagedTaskRunner.AfterCommit.run(runs::incrementAndGet);

        assertThat(runs).hasValue(0);
        TransactionSynchronizationUtils.triggerAfterCommit();
        assertThat(runs).hasValue(1);
    }
}
