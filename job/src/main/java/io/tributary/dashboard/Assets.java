package io.tributary.dashboard;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The files of the page, from the jars that have them. */
final class Assets {
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private final Map<String, Asset> byPath;

    private Assets(Map<String, Asset> byPath) {
        this.byPath = byPath;
    }

    record Asset(String type, byte[] content) {}

    /** @throws IOException if one is missing */
    static Assets load() throws IOException {
        Map<String, Asset> byPath = new HashMap<>();
        byPath.put("/", asset("text/html; charset=utf-8", "page.html"));
        byPath.put("/page.css", asset("text/css; charset=utf-8", "page.css"));
        byPath.put("/page.js", asset("text/javascript; charset=utf-8", "page.js"));
        byPath.put("/chart.js", asset("text/javascript; charset=utf-8", "chart.js"));
        byPath.put("/icon.svg", asset("image/svg+xml", "icon.svg"));
        byPath.put("/uplot.js", asset("text/javascript; charset=utf-8", UPLOT + "uPlot.iife.min.js"));
        byPath.put("/uplot.css", asset("text/css; charset=utf-8", UPLOT + "uPlot.min.css"));
        return new Assets(byPath);
    }

    Optional<Asset> at(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    private static Asset asset(String type, String resource) throws IOException {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("The page's file " + resource + " is missing: build again");
            }
            return new Asset(type, in.readAllBytes());
        }
    }
}
