package io.tributary.pretrained;

import io.tributary.model.BodyLayout;
import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.ModelShape;
import io.tributary.record.Variant;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotWriter;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.apache.flink.core.fs.Path;

/** A snapshot of Tributary's own, of any variant. */
final class SnapshotModel implements Pretrained {
    /** The file that makes a folder a snapshot. */
    static final String MARK = "manifest.json";

    private final Snapshot snapshot;
    private final ModelShape shape;
    private final Variant variant;

    private SnapshotModel(Snapshot snapshot, ModelShape shape, Variant variant) {
        this.snapshot = snapshot;
        this.shape = shape;
        this.variant = variant;
    }

    static SnapshotModel open(Path folder) throws IOException {
        Snapshot snapshot = Snapshot.open(folder);
        SnapshotFacts facts = snapshot.manifest().facts();
        try {
            return new SnapshotModel(snapshot, facts.shape(""), Variant.valueOf(facts.variant()));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s is of the variant '%s', which this Tributary does not know: use a newer one"
                            .formatted(folder, facts.variant()),
                    e);
        }
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public SortedSet<String> sources() {
        return snapshot.sources();
    }

    @Override
    public boolean hasCommonBody() {
        return variant != Variant.SINGLE;
    }

    @Override
    public boolean hasOneVocabulary() {
        return variant.globalVocabulary();
    }

    @Override
    public byte[] vocabulary(String source) throws IOException {
        return snapshot.tokenizer(source);
    }

    @Override
    public Slices body(String source) throws IOException {
        SafetensorsReader reader = snapshot.sources().contains(source) ? snapshot.body(source) : snapshot.body();
        BodyLayout layout = BodyLayout.of(shape);
        List<BodySlices.Part> parts = new ArrayList<>();
        try {
            for (BodyTensor tensor : layout.tensors()) {
                List<Long> expected =
                        tensor.shape().stream().map(Integer::longValue).toList();
                if (!reader.shape(tensor.name()).equals(expected)) {
                    throw new IOException(
                            "%s is damaged: the body's tensor '%s' is of shape %s, and the manifest tells of a model with %s"
                                    .formatted(
                                            snapshot.folder(), tensor.name(), reader.shape(tensor.name()), expected));
                }
                parts.add(new BodySlices.Part(
                        tensor.offset(), tensor.size(), (from, out) -> reader.read(tensor.name(), from, out)));
            }
        } catch (IOException e) {
            reader.close();
            throw e;
        }
        return new BodySlices(parts, layout.parameters(), List.of(reader));
    }

    @Override
    public Slices tokens(String source) throws IOException {
        if (snapshot.heldPieces(source).isEmpty()) {
            return embedding(source, SnapshotWriter.TOKEN_EMBEDDING);
        }
        List<int[]> held = new ArrayList<>();
        List<Slices> holders = new ArrayList<>();
        for (String holder : snapshot.sources()) {
            held.add(snapshot.heldPieces(holder).orElseThrow());
            holders.add(embedding(holder, SnapshotWriter.TOKEN_EMBEDDING));
        }
        int pieces =
                SentencePieceModel.read(snapshot.tokenizer(source)).pieces().size();
        return new HeldRowSlices(pieces, shape.width(), held, holders);
    }

    @Override
    public Slices positions(String source) throws IOException {
        return embedding(source, SnapshotWriter.POSITION_EMBEDDING);
    }

    private Slices embedding(String source, String name) throws IOException {
        return TensorSlices.matrix(snapshot.embedding(source, name), name, shape.width());
    }

    @Override
    public void verify() throws IOException {
        snapshot.verifyChecksums();
    }
}
