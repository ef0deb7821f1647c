package io.tributary.pretrained;

import io.tributary.flow.InitialValues;
import io.tributary.record.ParameterGroup;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * Begins a run with a model that was trained before: its body, and the embeddings of some.
 *
 * @param folder of the model, as a URI that every subtask reaches
 * @param bodyOf the source whose body everyone begins with; empty where there is one body for all, or each source goes
 *     on with its own
 * @param embeddings by owner of the job: whose embeddings in the folder it begins with
 */
public record InitialModel(String folder, String bodyOf, Map<String, Origin> embeddings) implements InitialValues {
    /**
     * Embeddings to begin with.
     *
     * @param source whose they are in the folder
     * @param tokens whether those of tokens are among them; those of positions are in any case
     */
    public record Origin(String source, boolean tokens) implements Serializable {}

    public InitialModel {
        embeddings = Map.copyOf(embeddings);
    }

    /**
     * Reads all of the model that has a checksum, and compares it.
     *
     * @throws IOException that says which file is damaged
     */
    public void verify() throws IOException {
        Pretrained.open(new Path(folder)).verify();
    }

    @Override
    public Reader open() throws IOException {
        return new ModelReader(Pretrained.open(new Path(folder)), this);
    }

    private static final class ModelReader implements Reader {
        private final Pretrained model;
        private final InitialModel initial;
        private final Map<Wanted, Optional<Slices>> open = new HashMap<>();

        private record Wanted(ParameterGroup group, String owner) {}

        ModelReader(Pretrained model, InitialModel initial) {
            this.model = model;
            this.initial = initial;
        }

        @Override
        public void overwrite(ParameterGroup group, String owner, long from, float[] drawn) throws IOException {
            Wanted wanted = new Wanted(group, owner);
            Optional<Slices> slices = open.get(wanted);
            if (slices == null) {
                slices = find(wanted);
                open.put(wanted, slices);
            }
            if (slices.isPresent()) {
                if (from + drawn.length > slices.get().size()) {
                    throw new IOException(
                            "%s has %,d values of %s%s, and the job needs more: its vocabulary or sequence length is larger"
                                    .formatted(
                                            initial.folder(),
                                            slices.get().size(),
                                            group,
                                            owner.equals(EVERYONE) ? "" : " for source " + owner));
                }
                slices.get().overwrite(from, drawn);
            }
        }

        private Optional<Slices> find(Wanted wanted) throws IOException {
            if (wanted.group() == ParameterGroup.BODY) {
                String source = initial.bodyOf().isEmpty() ? wanted.owner() : initial.bodyOf();
                boolean has = model.hasCommonBody() || model.sources().contains(source);
                return has ? Optional.of(model.body(source)) : Optional.empty();
            }
            Origin origin = initial.embeddings().get(wanted.owner());
            if (origin == null) {
                return Optional.empty();
            }
            if (wanted.group() == ParameterGroup.POSITIONS) {
                return Optional.of(model.positions(origin.source()));
            }
            return origin.tokens() ? Optional.of(model.tokens(origin.source())) : Optional.empty();
        }

        @Override
        public void close() throws IOException {
            for (Optional<Slices> slices : open.values()) {
                if (slices.isPresent()) {
                    slices.get().close();
                }
            }
        }
    }
}
