package kotlin.coroutines;

/** Stands for the one that the compiler of Kotlin adds to the parameters of a suspending function. */
public interface Continuation<T> {}
