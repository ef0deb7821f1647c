package io.tributary.plan;

import static io.tributary.plan.Method.GLOB;
import static io.tributary.plan.Method.SPEC;
import static io.tributary.plan.Method.SPEC_OPT;
import static io.tributary.plan.Method.STD;
import static io.tributary.plan.Method.TRIM;

import io.tributary.model.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The set-ups whose costs were published with the method (arXiv 2410.05021), and the methods that its table has for
 * each.
 *
 * <p>There are two counts. {@link #exact} is of the model that Tributary trains, with learned positions. {@link
 * #nominal} is of the published table: there a body has what a model's round name ("125M") leaves after {@value
 * #NOMINAL_PIECES} token embeddings, so 86.4, 298.5 and 1,197.1 million. The paper does not say so; its cells fit it.
 * No count of tensors gives these: with 24 layers even the weight matrices alone, 12 layers d^2, are more. So the
 * total of a model with {@value #NOMINAL_PIECES} pieces is its name by definition, while all other cells test
 * something.
 *
 * <p>The nominal count, rounded, gives every published cell but two, which are cut off there: {@link #PILE_24} has
 * 51,463,168 token embeddings (published 51.4M, rounded 51.5M) and a body of 298,536,832 (298M and 299M).
 *
 * <p>Positions: in the nominal count they are not apart from the body, and no cell shows them. The published 714 times
 * fewer parameters per step ({@link #MC4_1B}) hold only if SPEC sends all of the nominal body; less T*d it would be
 * 716.
 */
@SuppressWarnings("ImmutableEnumChecker") // Records of numbers cannot change, nor can lists made by List.of.
public enum Preset {
    /** The Pile, 12 layers. */
    PILE_12("pile-12", Shapes.LAYERS_12, 125_000_000L, Vocabularies.PILE, List.of(STD, GLOB, TRIM, SPEC)),
    /** The Pile, 24 layers. */
    PILE_24("pile-24", Shapes.LAYERS_24, 350_000_000L, Vocabularies.PILE, List.of(STD, GLOB, TRIM, SPEC)),
    /** mC4, 12 layers. */
    MC4_12("mc4-12", Shapes.LAYERS_12, 125_000_000L, Vocabularies.MC4, List.of(STD, GLOB, TRIM, SPEC, SPEC_OPT)),
    /** mC4, 24 layers of twice the width. */
    MC4_1B("mc4-1b", Shapes.WIDE_24, 1_300_000_000L, Vocabularies.MC4, List.of(STD, SPEC_OPT));

    /** The pieces of GPT-2's vocabulary, which a model's nominal size includes. */
    public static final int NOMINAL_PIECES = 50_257;
    /** N_local. */
    public static final int LOCAL_STEPS = 500;

    private final String label;
    private final ModelShape shape;
    private final long nominalParameters;
    private final Vocabularies vocabularies;
    private final List<Method> methods;

    Preset(String label, ModelShape shape, long nominalParameters, Vocabularies vocabularies, List<Method> methods) {
        this.label = label;
        this.shape = shape;
        this.nominalParameters = nominalParameters;
        this.vocabularies = vocabularies;
        this.methods = methods;
    }

    /** The preset of this name, as {@link #label} gives it. */
    public static Optional<Preset> named(String label) {
        return Arrays.stream(values())
                .filter(preset -> preset.label.equals(label))
                .findFirst();
    }

    /** The name on the command line. */
    public String label() {
        return label;
    }

    public ModelShape shape() {
        return shape;
    }

    /** The parameters that the model is named after. */
    public long nominalParameters() {
        return nominalParameters;
    }

    /** The published count, one cost for each method. */
    public List<Cost> nominal() {
        return methods.stream()
                .map(method -> cost(method, nominalSizes(pieces(method))))
                .toList();
    }

    /** Tributary's count, one cost for each method. */
    public List<Cost> exact() {
        return methods.stream()
                .map(method -> cost(method, GroupSizes.exact(shape, pieces(method))))
                .toList();
    }

    private GroupSizes nominalSizes(int pieces) {
        long body = nominalParameters - shape.tokenParameters(NOMINAL_PIECES);
        return new GroupSizes(body, shape.tokenParameters(pieces), 0);
    }

    private Cost cost(Method method, GroupSizes sizes) {
        return new Cost(method, pieces(method), sizes, LOCAL_STEPS);
    }

    private int pieces(Method method) {
        return switch (method.vocabulary()) {
            case GLOBAL -> vocabularies.global;
            case HELD -> vocabularies.meanHeld;
            case OWN -> vocabularies.own;
        };
    }

    /**
     * Sizes of vocabularies.
     *
     * @param global of the one that the sources share
     * @param meanHeld the mean over the sources of the global pieces that occur in their text
     * @param own of one that is trained for a source
     */
    private record Vocabularies(int global, int meanHeld, int own) {
        static final Vocabularies PILE = new Vocabularies(50_257, 45_554, 50_257);
        static final Vocabularies MC4 = new Vocabularies(250_112, 216_135, 50_257);
    }

    private static final class Shapes {
        static final int SEQUENCE_LENGTH = 2048;
        static final ModelShape LAYERS_12 = new ModelShape(12, 768, 12, SEQUENCE_LENGTH);
        static final ModelShape LAYERS_24 = new ModelShape(24, 1024, 16, SEQUENCE_LENGTH);
        static final ModelShape WIDE_24 = new ModelShape(24, 2048, 16, SEQUENCE_LENGTH);
    }
}
