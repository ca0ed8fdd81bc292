package io.github.dbleases.sample.launcher;

/** The process that the tests start. It prints its id and waits for the end of its standard input. */
final class Child {

    private Child() {}

    public static void main(String[] args) throws InterruptedException {
        System.out.println("process " + ProcessHandle.current().pid() + " with " + String.join(" ", args));
        ParentWatch.awaitEnd();
        if (args.length > 0 && args[0].equals("stubborn")) {
            Thread.sleep(Long.MAX_VALUE);
        }
        System.out.println("ends");
    }
}
