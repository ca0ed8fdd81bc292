package io.github.dbleases.testing.process;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between a process and the database that can be cut. Then nothing arrives, or no reply, and no side notices.
 */
public final class CuttableProxy implements AutoCloseable {

    private final String host;
    private final int port;
    private final ServerSocket server;
    private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
    private boolean cut;
    private boolean repliesCut;

    public CuttableProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public synchronized void cut() {
        cut = true;
    }

    public synchronized void cutReplies() {
        repliesCut = true;
    }

    public synchronized void mend() {
        cut = false;
        repliesCut = false;
        notifyAll();
    }

    private synchronized void awaitMended(boolean reply) throws InterruptedException {
        while (cut || (reply && repliesCut)) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = server.accept();
                sockets.add(near);
                start(() -> connect(near));
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private void connect(Socket near) {
        try {
            awaitMended(false);
            Socket far = new Socket(host, port);
            sockets.add(far);
            start(() -> pump(near, far, false));
            pump(far, near, true);
        } catch (IOException | InterruptedException broken) {
            closeQuietly(near);
        }
    }

    private void pump(Socket from, Socket to, boolean reply) {
        byte[] buffer = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitMended(reply);
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException | InterruptedException broken) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void start(Runnable action) {
        Thread thread = new Thread(action, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // The socket should be closed anyway.
        }
    }

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(CuttableProxy::closeQuietly);
        mend();
    }
}
