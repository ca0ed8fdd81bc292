package io.github.dbleases.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class OrderImportTests {

    @AutoClose
    private final Desk desk = new Desk();

    @Test
    void instancesThatStartAtTheSameTimeImportOnce() {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<CompletableFuture<Void>> imports = IntStream.range(0, 4)
                    .mapToObj(instance -> CompletableFuture.runAsync(
                            () -> desk.orderImport(Desk.soleOwner(128), Desk.named("instance-" + instance, 10_000))
                                    .importOnce(),
                            threads))
                    .toList();
            imports.forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }

        assertThat(desk.count("desk_order")).isEqualTo(10_000);
        assertThat(desk.count("desk_customer")).isEqualTo(500);
        assertThat(desk.count("desk_import")).isEqualTo(1);
    }

    @Test
    void theNumberOfImportedOrdersCanBeLimited() {
        desk.orderImport(Desk.soleOwner(128), Desk.named("instance-1", 25)).importOnce();

        assertThat(desk.jdbc
                        .sql("SELECT max(id) FROM desk_order")
                        .query(Long.class)
                        .single())
                .isEqualTo(25);
        assertThat(desk.count("desk_order")).isEqualTo(25);
    }

    @Test
    void zeroOrdersCanBeImported() {
        desk.orderImport(Desk.soleOwner(128), Desk.named("instance-1", 0)).importOnce();

        assertThat(desk.count("desk_order")).isZero();
        assertThat(desk.count("desk_import")).isEqualTo(1);
    }

    @Test
    void waitingOrdersMoveToNewPartitionsWhenTheNumberOfPartitionsChanges() {
        desk.orderImport(Desk.soleOwner(128), Desk.named("instance-1", 1_000)).importOnce();
        Lease smaller = Desk.soleOwner(7);

        desk.orderImport(smaller, Desk.named("instance-1", 1_000)).importOnce();

        assertThat(desk.jdbc
                        .sql("SELECT id, customer, cents AS amount, partition, done_at, done_by FROM desk_order")
                        .query(Order.class)
                        .list())
                .hasSize(1_000)
                .allSatisfy(order -> assertThat(order.partition()).isEqualTo(smaller.partitionOf(order.customer())));
    }
}
