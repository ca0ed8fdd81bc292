package io.github.dbleases.sample.web;

import io.github.dbleases.sample.orders.Order;
import io.github.dbleases.sample.orders.OrderBook;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Adds and shows orders. Every instance accepts every order; the owner of its partition processes it. */
@RestController
@RequestMapping("/orders")
class OrderController {

    private static final Pattern CUSTOMER = Pattern.compile("[A-Za-z0-9._-]{1,40}");

    /** Ten million: small enough that the sums stay far from the limits of a bigint. */
    private static final long MOST_CENTS = 1_000_000_000;

    private final OrderBook book;

    OrderController(OrderBook book) {
        this.book = book;
    }

    /**
     * A new order.
     *
     * @param customer the number of the customer, for example C-0042; a new customer is added
     * @param amount in cents, negative for a refund
     */
    record NewOrder(@Nullable String customer, @Nullable Long amount) {}

    @PostMapping
    ResponseEntity<Order> add(@RequestBody NewOrder order) {
        Order added = book.add(customer(order), amount(order));
        return ResponseEntity.created(URI.create("/orders/" + added.id())).body(added);
    }

    @GetMapping("/{id}")
    Order find(@PathVariable long id) {
        return book.find(id)
                .orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order %d.".formatted(id)));
    }

    private static String customer(NewOrder order) {
        String customer = order.customer();
        if (customer == null || !CUSTOMER.matcher(customer).matches()) {
            throw badRequest("customer must have 1 to 40 letters (a-z, A-Z), digits, dots, hyphens or underscores, "
                    + "for example C-0042.");
        }
        return customer;
    }

    private static long amount(NewOrder order) {
        Long amount = order.amount();
        if (amount == null || amount == 0 || amount < -MOST_CENTS || amount > MOST_CENTS) {
            throw badRequest("amount must be a whole number of cents other than 0, from %d to %d; negative is a refund."
                    .formatted(-MOST_CENTS, MOST_CENTS));
        }
        return amount;
    }

    private static ResponseStatusException badRequest(String reason) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, reason);
    }
}
