package io.tributary.plan;

import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import java.util.Collection;
import java.util.List;

/** How many parameters the groups of one source have. */
public record GroupSizes(long body, long tokens, long positions) {
    public GroupSizes {
        if (body < 1 || tokens < 1 || positions < 0) {
            throw new IllegalArgumentException(
                    "A model has a body and tokens, and positions or none, but their parameters are %d, %d and %d"
                            .formatted(body, tokens, positions));
        }
    }

    /** What Tributary trains: each tensor counted. */
    static GroupSizes exact(ModelShape shape, int pieces) {
        long positions = shape.positionParameters();
        return new GroupSizes(shape.bodyParameters(), shape.tokenParameters(pieces), positions);
    }

    /** The parameters of all groups, which a source holds in memory. */
    public long total() {
        return of(List.of(ParameterGroup.values()));
    }

    /** The parameters of these groups together. */
    public long of(Collection<ParameterGroup> groups) {
        return groups.stream().mapToLong(this::of).sum();
    }

    /** The parameters of this group. */
    public long of(ParameterGroup group) {
        return switch (group) {
            case BODY -> body;
            case TOKENS -> tokens;
            case POSITIONS -> positions;
        };
    }
}
