package io.tributary.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The documents that are written from what the readers of settings ask. */
public final class SettingsDocs {
    /** The JSON Schema among {@link #files}. */
    public static final String SCHEMA = "pipeline.schema.json";

    private SettingsDocs() {}

    /** Their texts by their paths in the folder of documents. */
    public static Map<String, String> files() {
        Guide guide = Guide.read();
        Map<String, String> files = new LinkedHashMap<>();
        files.put("configuration.md", new ReferencePage(guide).text());
        files.put("examples/pipeline.yaml", new AnnotatedExample(guide).text());
        files.put(SCHEMA, new JsonSchema(guide).text());
        return files;
    }

    /** Writes them into the folder of documents. */
    public static void write(Path docs) throws IOException {
        for (Map.Entry<String, String> file : files().entrySet()) {
            Path path = docs.resolve(file.getKey());
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(path, file.getValue());
        }
    }
}
