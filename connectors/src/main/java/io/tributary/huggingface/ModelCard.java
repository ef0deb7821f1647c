package io.tributary.huggingface;

import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.snapshot.Manifest;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SourceCounts;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code README.md} of a Hugging Face folder: what the model was made of, as far as the snapshot tells. */
record ModelCard(Snapshot snapshot, String source, ModelFiles files, long parameters) {
    private static final String TEXT =
            """
            ---
            library_name: transformers
            pipeline_tag: text-generation
            tags:
            - tributary
            - %1$s
            ---

            # The model of the source %2$s

            A base language model, trained by Tributary with decoupled embeddings (DEPT, arXiv 2410.05021): the body of this model and the embeddings of the source `%2$s`. It continues text; it follows no instructions.

            | | |
            |---|---|
            %3$s
            ## Data

            | source | tokens trained | bytes of text | pieces |
            |---|---|---|---|
            %4$s
            ## How to use it

            ```python
            from transformers import AutoModelForCausalLM, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained("FOLDER")
            model = AutoModelForCausalLM.from_pretrained("FOLDER")
            ids = tokenizer("%5$sA text begins", return_tensors="pt")
            print(tokenizer.decode(model.generate(**ids, max_new_tokens=50)[0]))
            ```

            In training, each document stands between two `%5$s`: begin a new text with one. Where text of others may hold this name, `tokenizer(text, split_special_tokens=True)` takes it for text, as training did.
            """;

    String text() throws IOException {
        SentencePieceModel vocabulary = files.vocabulary();
        return text(
                TEXT,
                files.family().modelType(),
                source,
                facts().entrySet().stream()
                        .map(fact -> "| " + fact.getKey() + " | " + fact.getValue() + " |\n")
                        .collect(Collectors.joining()),
                data(),
                vocabulary.pieces().get(vocabulary.endId()).text());
    }

    private Map<String, String> facts() {
        Manifest manifest = snapshot.manifest();
        SnapshotFacts facts = manifest.facts();
        ModelShape shape = files.shape();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put(
                "architecture",
                text(
                        "`%s`: %d layers, width %,d, %d heads, %s",
                        files.family().className(),
                        shape.layers(),
                        shape.width(),
                        shape.heads(),
                        shape.architecture() instanceof Llama llama ? llama(llama) : "learned positions"));
        lines.put("parameters", text("%,d, of these %,d in the body", parameters, shape.bodyParameters()));
        lines.put("vocabulary", text("%,d pieces", files.vocabulary().pieces().size()));
        lines.put("rows in training", text("%,d tokens", shape.sequenceLength()));
        lines.put("variant", facts.variant());
        lines.put("rounds", text("%,d", manifest.round()));
        lines.put("seed", String.valueOf(facts.seed()));
        lines.put("steps computed in", facts.precision());
        return lines;
    }

    private static String llama(Llama llama) {
        return text(
                "%d key-value heads, feed-forward width %,d, RoPE with theta %,d%s",
                llama.keyValueHeads(),
                llama.feedForward(),
                llama.ropeTheta(),
                llama.queryKeyNorm() ? ", queries and keys normalised" : "");
    }

    private String data() throws IOException {
        StringBuilder table = new StringBuilder();
        for (Map.Entry<String, Manifest.Source> entry :
                snapshot.manifest().sources().entrySet()) {
            Optional<SourceCounts> counts = snapshot.counts(entry.getKey());
            table.append(text(
                    "| `%s` | %s | %s | %,d |\n",
                    entry.getKey(),
                    counts.map(count -> text("%,d", count.tokens())).orElse("not told"),
                    counts.map(count -> text("%,d", count.bytes())).orElse("not told"),
                    entry.getValue().pieces()));
        }
        return table.toString();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
