package io.tributary.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The web server of the page: it answers GET, and changes nothing. */
public final class Dashboard implements AutoCloseable {
    /** A host that no other machine can reach. */
    public static final String THIS_MACHINE = "127.0.0.1";

    /** Series of so many points are as fine as a wide screen shows them. */
    static final int POINTS = 300;

    private static final int THREADS = 4;
    /** Nothing but what this server has: no other host, no script or style inside the page, no frame around it. */
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

    private final HttpServer server;
    private final ExecutorService threads;
    private final History history;
    private final OptionalDouble peakFlops;
    private final Assets assets;

    private Dashboard(
            HttpServer server, ExecutorService threads, History history, OptionalDouble peakFlops, Assets assets) {
        this.server = server;
        this.threads = threads;
        this.history = history;
        this.peakFlops = peakFlops;
        this.assets = assets;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any free one
     * @param peakFlops what the device of one subtask can do, in floating-point operations a second, for the share of it
     * @throws IOException if it cannot listen there
     */
    public static Dashboard start(String host, int port, History history, OptionalDouble peakFlops) throws IOException {
        Assets assets = Assets.load();
        HttpServer server;
        try {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new IOException("no such host");
            }
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new Failure(
                    ErrorCode.PORT_TAKEN,
                    "The page cannot listen on %s port %d: %s. Name another port, or 0 for any free one"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "dashboard");
            thread.setDaemon(true);
            return thread;
        });
        Dashboard dashboard = new Dashboard(server, threads, history, peakFlops, assets);
        server.setExecutor(threads);
        server.createContext("/", dashboard::answer);
        server.start();
        return dashboard;
    }

    /** The address of the page. */
    public String url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort() + "/";
    }

    private record Answer(int code, String type, byte[] body) {
        static Answer json(byte[] body) {
            return new Answer(200, "application/json", body);
        }

        static Answer refused(int code, String why) {
            return new Answer(code, "text/plain; charset=utf-8", (why + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answerTo(exchange);
            } catch (RuntimeException e) {
                answer = Answer.refused(500, "The page failed: " + e);
            }
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.type());
            headers.set("Content-Security-Policy", POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cache-Control", "no-store");
            // The answer to HEAD has no body, whatever it says.
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.code(), head ? -1 : answer.body().length);
            if (!head) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private Answer answerTo(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            return Answer.refused(405, "This page can only be read: GET, not " + method);
        }
        String path = exchange.getRequestURI().getPath();
        return switch (path) {
            case "/api/version" -> Answer.json(PageJson.version(history.version(), history.nowMillis()));
            case "/api/state" -> Answer.json(PageJson.state(history.state(), peakFlops, history.nowMillis()));
            case "/api/series" ->
                series(Optional.ofNullable(exchange.getRequestURI().getQuery()));
            default ->
                assets.at(path)
                        .map(asset -> new Answer(200, asset.type(), asset.content()))
                        .orElseGet(() -> Answer.refused(404, "There is nothing at " + path + "; the page is at /"));
        };
    }

    private Answer series(Optional<String> query) {
        Optional<Metric> metric = query.filter(text -> text.startsWith("metric="))
                .flatMap(text -> Metric.of(text.substring("metric=".length())));
        return metric.map(known -> Answer.json(PageJson.series(history.series(known, POINTS))))
                .orElseGet(() -> Answer.refused(
                        400,
                        "Ask for /api/series?metric=NAME, with one of bits-per-byte, loss, tokens-per-second, bytes"));
    }

    /** Stops to listen; answers under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
