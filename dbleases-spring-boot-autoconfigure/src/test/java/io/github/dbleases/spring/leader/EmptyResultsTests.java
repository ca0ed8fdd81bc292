package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ResolvableType;

/** What skipped calls return. */
class EmptyResultsTests {

    @ParameterizedTest
    @MethodSource("containers")
    void whatCanBeEmptyIsEmpty(Method method) {
        Object result = result(method);

        assertThat(result).isInstanceOf(method.getReturnType());
        assertThat(size(result)).isZero();
    }

    static Stream<Method> containers() {
        return Arrays.stream(Containers.class.getMethods());
    }

    @Test
    void anyOtherResultIsNull() throws Exception {
        for (Method method : Others.class.getMethods()) {
            assertThat(result(method)).as(method.getName()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("futures")
    void aFutureIsCompleteWithTheEmptyResultOfItsType(Method method) throws Exception {
        Future<?> future = (Future<?>) result(method);

        assertThat(future).isDone();
        assertThat(future.get()).isEqualTo(method.getName().equals("ofOptional") ? Optional.empty() : null);
    }

    static Stream<Method> futures() {
        return Arrays.stream(Futures.class.getMethods());
    }

    @Test
    void eachFutureIsOneOfItsOwn() throws Exception {
        var empty = EmptyResults.of(ResolvableType.forMethodReturnType(Futures.class.getMethod("completable")));
        assertThat(empty.get()).isNotSameAs(empty.get());
    }

    private static Object result(Method method) {
        return EmptyResults.of(ResolvableType.forMethodReturnType(method)).get();
    }

    private static long size(Object result) {
        if (result instanceof Iterable<?> elements) {
            return StreamSupport.stream(elements.spliterator(), false).count();
        }
        if (result instanceof Map<?, ?> map) {
            return map.size();
        }
        if (result instanceof Iterator<?> elements) {
            return elements.hasNext() ? 1 : 0;
        }
        if (result instanceof BaseStream<?, ?> stream) {
            return stream.iterator().hasNext() ? 1 : 0;
        }
        if (result.getClass().isArray()) {
            return java.lang.reflect.Array.getLength(result);
        }
        return List.of(Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty())
                        .contains(result)
                ? 0
                : 1;
    }

    interface Containers {
        Optional<String> optional();

        OptionalInt optionalInt();

        OptionalLong optionalLong();

        OptionalDouble optionalDouble();

        Iterable<String> iterable();

        Collection<String> collection();

        List<String> list();

        Set<String> set();

        SortedSet<String> sortedSet();

        NavigableSet<String> navigableSet();

        Queue<String> queue();

        Deque<String> deque();

        BlockingQueue<String> blockingQueue();

        BlockingDeque<String> blockingDeque();

        TransferQueue<String> transferQueue();

        ArrayList<String> arrayList();

        LinkedHashSet<String> linkedHashSet();

        TreeMap<String, String> treeMap();

        Map<String, String> map();

        SortedMap<String, String> sortedMap();

        NavigableMap<String, String> navigableMap();

        ConcurrentMap<String, String> concurrentMap();

        ConcurrentNavigableMap<String, String> concurrentNavigableMap();

        Iterator<String> iterator();

        ListIterator<String> listIterator();

        Stream<String> stream();

        IntStream intStream();

        LongStream longStream();

        DoubleStream doubleStream();

        String[] array();

        int[] ints();

        int[][] matrix();
    }

    interface Others {
        void nothing();

        String text();

        Integer number();

        Object object();

        Thread.State constant();
    }

    interface Futures {
        Future<String> future();

        CompletionStage<String> stage();

        CompletableFuture<String> completable();

        @SuppressWarnings("rawtypes")
        CompletableFuture raw();

        CompletableFuture<Optional<String>> ofOptional();
    }
}
