package io.github.dbleases.internal.client;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Counts the objects of the engine, and what its collections have in them, that can be reached from an object. */
final class Reachable {

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> left = new ArrayDeque<>();

    private Reachable() {}

    static int from(Object root) {
        Reachable reachable = new Reachable();
        reachable.reach(root);
        while (!reachable.left.isEmpty()) {
            reachable.look(reachable.left.remove());
        }
        return reachable.seen.size();
    }

    private void reach(Object object) {
        if (object != null && seen.add(object)) {
            left.add(object);
        }
    }

    private void look(Object object) {
        if (object instanceof Collection<?> collection) {
            collection.forEach(this::reach);
        } else if (object instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                reach(key);
                reach(value);
            });
        } else if (object instanceof Object[] array) {
            for (int i = 0; i < Array.getLength(array); i++) {
                reach(array[i]);
            }
        } else if (!isOfTheWorld(object)) {
            for (Class<?> type = object.getClass(); isOfTheProject(type); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    lookAt(field, object);
                }
            }
        }
    }

    private static boolean isOfTheProject(Class<?> type) {
        return type.getName().startsWith("io.github.dbleases.");
    }

    /** The simulation and its store belong to the world around the engine. */
    private static boolean isOfTheWorld(Object object) {
        return object.getClass().getSimpleName().startsWith("Sim")
                || object.getClass().getName().startsWith("io.github.dbleases.memory.");
    }

    private void lookAt(Field field, Object object) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
            try {
                field.setAccessible(true);
                reach(field.get(object));
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
