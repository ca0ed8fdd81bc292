package io.github.dbleases.spring.leader;

import java.lang.reflect.Array;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedTransferQueue;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** The results of skipped calls: for each type, the empty value with which a caller can continue. */
final class EmptyResults {

    private EmptyResults() {}

    /** Returns a supplier of the result, which is null for a type without an empty value. */
    static Supplier<? extends @Nullable Object> of(ResolvableType type) {
        Class<?> result = type.resolve(Object.class);
        if (result == void.class || result == Object.class) {
            return () -> null;
        }
        if (result.isArray()) {
            return () -> Array.newInstance(result.getComponentType(), 0);
        }
        if (result == Future.class || result == CompletionStage.class || result == CompletableFuture.class) {
            Supplier<? extends @Nullable Object> value = of(type.getGeneric(0));
            return () -> completed(value.get());
        }
        for (Supplier<Object> value : Values.ALL) {
            if (result.isInstance(value.get())) {
                return value;
            }
        }
        return isContainer(result) ? () -> BeanUtils.instantiateClass(result) : () -> null;
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private static Object completed(@Nullable Object value) {
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        future.complete(value);
        return future;
    }

    private static boolean isContainer(Class<?> type) {
        return (Iterable.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type))
                && type.getName().startsWith("java.util.")
                && !Modifier.isAbstract(type.getModifiers())
                && ClassUtils.hasConstructor(type);
    }

    /** Loaded for the first method with a result, which most jobs do not have. */
    private static final class Values {

        /** Each is the empty value of all its types. The first that fits is used. */
        private static final List<Supplier<Object>> ALL = List.of(
                Optional::empty,
                OptionalInt::empty,
                OptionalLong::empty,
                OptionalDouble::empty,
                Collections::emptyList,
                Collections::emptySet,
                Collections::emptyNavigableSet,
                Collections::emptyMap,
                Collections::emptyNavigableMap,
                ConcurrentHashMap::new,
                ConcurrentSkipListMap::new,
                ArrayDeque::new,
                LinkedBlockingDeque::new,
                LinkedTransferQueue::new,
                Collections::emptyIterator,
                Collections::emptyListIterator,
                Stream::empty,
                IntStream::empty,
                LongStream::empty,
                DoubleStream::empty);
    }
}
