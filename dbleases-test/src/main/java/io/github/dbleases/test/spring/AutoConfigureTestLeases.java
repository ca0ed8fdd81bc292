package io.github.dbleases.test.spring;

import io.github.dbleases.test.FakeLeaseClient;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives the application of a Spring test leases that the test controls. A {@link FakeLeaseClient} becomes its
 * {@code LeaseClient}. It needs no database, and it controls the {@code Lease} beans and {@code @LeaderOnly} methods.
 *
 * <pre>{@code
 * @SpringBootTest
 * @AutoConfigureTestLeases
 * class OrderWorkerTests {
 *
 *     @Autowired
 *     FakeLeaseClient leases;
 *
 *     @Test
 *     void partitionsOfOtherInstancesAreIgnored() {
 *         leases.revoke("orders", 3);
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>The client is {@linkplain FakeLeaseClient#reset() reset} before each test method, so tests can share an application
 * context. Task runners need tables in PostgreSQL and are disabled unless the test sets {@code dbleases.tasks.enabled}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AutoConfigureTestLeases {

    /**
     * Whether the application owns every partition and leads every election when a test starts, like an instance that
     * is alone. Otherwise, another instance does, until the test grants or elects.
     */
    boolean ownsEverything() default true;
}
