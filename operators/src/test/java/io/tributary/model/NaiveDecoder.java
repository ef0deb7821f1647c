package io.tributary.model;

import io.tributary.model.Architecture.Gpt2;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.BodyLayout.BodyTensor;
import java.util.Arrays;

/**
 * The decoder once more, in double precision and plain loops, with a backward pass written by hand: what the step
 * program is measured against. It shares nothing with the program but the layout of the body.
 */
final class NaiveDecoder {
    private static final double LAYER_NORM_EPSILON = 1e-5;

    private final ModelShape shape;

    NaiveDecoder(ModelShape shape) {
        this.shape = shape;
    }

    private int offset(String name) {
        BodyTensor named = BodyLayout.of(shape).tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
        return (int) named.offset();
    }

    /** Parameters of the three groups, or their gradients. */
    record Parameters(double[] body, double[] tokens, double[] positions) {
        Parameters zeros() {
            return new Parameters(new double[body.length], new double[tokens.length], new double[positions.length]);
        }

        double[][] groups() {
            return new double[][] {body, tokens, positions};
        }
    }

    /** Mean loss over all targets, and its gradient. */
    record Gradients(double loss, Parameters parameters) {}

    Gradients lossAndGradients(Parameters theta, int[] tokensBT1, int rows) {
        Parameters gradient = theta.zeros();
        int length = shape.sequenceLength();
        double loss = 0;
        for (int row = 0; row < rows; row++) {
            int[] ids = Arrays.copyOfRange(tokensBT1, row * (length + 1), (row + 1) * (length + 1));
            loss += row(theta, gradient, ids, 1.0 / (rows * length));
        }
        return new Gradients(loss, gradient);
    }

    /** One row, forward and backward; each target's loss counts {@code weight}. */
    private double row(Parameters theta, Parameters gradient, int[] ids, double weight) {
        int d = shape.width();
        int length = shape.sequenceLength();
        boolean learned = shape.learnsPositions();
        double[][] x = new double[length][d];
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < d; i++) {
                x[t][i] = theta.tokens[ids[t] * d + i] + (learned ? theta.positions[t * d + i] : 0);
            }
        }
        Module[] layers = new Module[shape.layers()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = layer(theta.body, gradient.body, l);
            x = layers[l].forward(x);
        }
        Module norm = finalNorm(theta.body, gradient.body);
        double[][] h = norm.forward(x);
        double[][] gradientH = new double[length][d];
        double loss = head(h, gradientH, theta.tokens, gradient.tokens, ids, weight);
        double[][] gradientX = norm.backward(gradientH);
        for (int l = layers.length - 1; l >= 0; l--) {
            gradientX = layers[l].backward(gradientX);
        }
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < d; i++) {
                gradient.tokens[ids[t] * d + i] += gradientX[t][i];
                if (learned) {
                    gradient.positions[t * d + i] += gradientX[t][i];
                }
            }
        }
        return loss;
    }

    /** Logits of what comes after some tokens, at most T. */
    double[] logits(Parameters theta, int[] ids) {
        int d = shape.width();
        double[][] x = new double[ids.length][d];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < d; i++) {
                x[t][i] = theta.tokens[ids[t] * d + i] + (shape.learnsPositions() ? theta.positions[t * d + i] : 0);
            }
        }
        double[] unused = new double[theta.body.length];
        for (int l = 0; l < shape.layers(); l++) {
            x = layer(theta.body, unused, l).forward(x);
        }
        double[] h = finalNorm(theta.body, unused).forward(x)[ids.length - 1];
        double[] logits = new double[theta.tokens.length / d];
        for (int v = 0; v < logits.length; v++) {
            for (int i = 0; i < d; i++) {
                logits[v] += h[i] * theta.tokens[v * d + i];
            }
        }
        return logits;
    }

    private Module finalNorm(double[] body, double[] gradient) {
        return shape.architecture() instanceof Llama
                ? new NaiveLlama.Norm(body, gradient, offset("norm.weight"))
                : new LayerNorm(body, gradient, "ln_f");
    }

    /** What has an input and an output for each position. */
    interface Module {
        double[][] forward(double[][] x);

        /** Adds to the gradients of its parameters, and returns that of its input. */
        double[][] backward(double[][] dy);
    }

    private Module layer(double[] body, double[] gradient, int index) {
        return shape.architecture() instanceof Llama llama
                ? new NaiveLlama(shape, llama, body, gradient, name -> offset("layers." + index + "." + name))
                : new Layer(body, gradient, "h." + index + ".");
    }

    /** The tied head and its loss. */
    private double head(
            double[][] h, double[][] gradientH, double[] tokens, double[] gradient, int[] ids, double weight) {
        int d = shape.width();
        double loss = 0;
        for (int t = 0; t < h.length; t++) {
            double[] share = new double[tokens.length / d];
            for (int v = 0; v < share.length; v++) {
                for (int i = 0; i < d; i++) {
                    share[v] += h[t][i] * tokens[v * d + i];
                }
            }
            softmax(share, share.length);
            loss -= weight * Math.log(share[ids[t + 1]]);
            share[ids[t + 1]] -= 1;
            for (int v = 0; v < share.length; v++) {
                for (int i = 0; i < d; i++) {
                    gradientH[t][i] += weight * share[v] * tokens[v * d + i];
                    gradient[v * d + i] += weight * share[v] * h[t][i];
                }
            }
        }
        return loss;
    }

    static void softmax(double[] x, int length) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            x[i] = Math.exp(x[i] - max);
            sum += x[i];
        }
        for (int i = 0; i < length; i++) {
            x[i] /= sum;
        }
    }

    /**
     * ALiBi's slope of a head: a geometric sequence that begins with its own factor; where the heads are not a power of
     * two, that of the power below, and then every other one of twice that power.
     */
    static double slope(int head, int heads) {
        int power = Integer.highestOneBit(heads);
        return head < power ? Math.pow(2, -8.0 * (head + 1) / power) : slope(2 * (head - power), 2 * power);
    }

    static double[][] plus(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    /** x + attention(x), then x + feed-forward(x). */
    private final class Layer implements Module {
        private final LayerNorm norm1;
        private final Linear qkv;
        private final Attention attention = new Attention();
        private final Linear projection;
        private final LayerNorm norm2;
        private final Linear wide;
        private final Gelu gelu = new Gelu();
        private final Linear narrow;

        Layer(double[] body, double[] gradient, String h) {
            int d = shape.width();
            norm1 = new LayerNorm(body, gradient, h + "ln_1");
            qkv = new Linear(body, gradient, h + "attn.c_attn", 3 * d);
            projection = new Linear(body, gradient, h + "attn.c_proj", d);
            norm2 = new LayerNorm(body, gradient, h + "ln_2");
            wide = new Linear(body, gradient, h + "mlp.c_fc", 4 * d);
            narrow = new Linear(body, gradient, h + "mlp.c_proj", d);
        }

        @Override
        public double[][] forward(double[][] x) {
            double[][] y = plus(x, projection.forward(attention.forward(qkv.forward(norm1.forward(x)))));
            return plus(y, narrow.forward(gelu.forward(wide.forward(norm2.forward(y)))));
        }

        @Override
        public double[][] backward(double[][] dz) {
            double[][] dy = plus(dz, norm2.backward(wide.backward(gelu.backward(narrow.backward(dz)))));
            return plus(dy, norm1.backward(qkv.backward(attention.backward(projection.backward(dy)))));
        }
    }

    private final class Linear {
        private final double[] body;
        private final double[] gradient;
        private final int weight;
        private final int bias;
        private final int out;
        private double[][] input = {};

        Linear(double[] body, double[] gradient, String name, int out) {
            this.body = body;
            this.gradient = gradient;
            this.weight = offset(name + ".weight");
            this.bias = offset(name + ".bias");
            this.out = out;
        }

        double[][] forward(double[][] x) {
            input = x;
            double[][] y = new double[x.length][out];
            for (int t = 0; t < x.length; t++) {
                for (int o = 0; o < out; o++) {
                    y[t][o] = body[bias + o];
                    for (int i = 0; i < x[t].length; i++) {
                        y[t][o] += body[weight + o * x[t].length + i] * x[t][i];
                    }
                }
            }
            return y;
        }

        double[][] backward(double[][] dy) {
            int in = input[0].length;
            double[][] dx = new double[dy.length][in];
            for (int t = 0; t < dy.length; t++) {
                for (int o = 0; o < out; o++) {
                    gradient[bias + o] += dy[t][o];
                    for (int i = 0; i < in; i++) {
                        gradient[weight + o * in + i] += dy[t][o] * input[t][i];
                        dx[t][i] += dy[t][o] * body[weight + o * in + i];
                    }
                }
            }
            return dx;
        }
    }

    private final class LayerNorm implements Module {
        private final double[] body;
        private final double[] gradient;
        private final int weight;
        private final int bias;
        private double[][] normal = {};
        private double[] inverseDeviation = {};

        LayerNorm(double[] body, double[] gradient, String name) {
            this.body = body;
            this.gradient = gradient;
            this.weight = offset(name + ".weight");
            this.bias = offset(name + ".bias");
        }

        @Override
        public double[][] forward(double[][] x) {
            int d = x[0].length;
            normal = new double[x.length][d];
            inverseDeviation = new double[x.length];
            double[][] y = new double[x.length][d];
            for (int t = 0; t < x.length; t++) {
                double mean = Arrays.stream(x[t]).average().orElseThrow();
                double variance = 0;
                for (double value : x[t]) {
                    variance += (value - mean) * (value - mean) / d;
                }
                inverseDeviation[t] = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
                for (int i = 0; i < d; i++) {
                    normal[t][i] = (x[t][i] - mean) * inverseDeviation[t];
                    y[t][i] = normal[t][i] * body[weight + i] + body[bias + i];
                }
            }
            return y;
        }

        @Override
        public double[][] backward(double[][] dy) {
            int d = dy[0].length;
            double[][] dx = new double[dy.length][d];
            for (int t = 0; t < dy.length; t++) {
                double mean = 0;
                double meanTimesNormal = 0;
                for (int i = 0; i < d; i++) {
                    gradient[bias + i] += dy[t][i];
                    gradient[weight + i] += dy[t][i] * normal[t][i];
                    mean += dy[t][i] * body[weight + i] / d;
                    meanTimesNormal += dy[t][i] * body[weight + i] * normal[t][i] / d;
                }
                for (int i = 0; i < d; i++) {
                    double centred = dy[t][i] * body[weight + i] - mean - normal[t][i] * meanTimesNormal;
                    dx[t][i] = centred * inverseDeviation[t];
                }
            }
            return dx;
        }
    }

    private static final class Gelu {
        private static final double ROOT = Math.sqrt(2 / Math.PI);
        private double[][] input = {};

        double[][] forward(double[][] x) {
            input = x;
            double[][] y = new double[x.length][x[0].length];
            for (int t = 0; t < x.length; t++) {
                for (int i = 0; i < x[t].length; i++) {
                    double u = x[t][i];
                    y[t][i] = 0.5 * u * (1 + Math.tanh(ROOT * (u + 0.044715 * u * u * u)));
                }
            }
            return y;
        }

        double[][] backward(double[][] dy) {
            double[][] dx = new double[dy.length][dy[0].length];
            for (int t = 0; t < dy.length; t++) {
                for (int i = 0; i < dy[t].length; i++) {
                    double u = input[t][i];
                    double tanh = Math.tanh(ROOT * (u + 0.044715 * u * u * u));
                    double slope = 0.5 * u * (1 - tanh * tanh) * ROOT * (1 + 3 * 0.044715 * u * u);
                    dx[t][i] = dy[t][i] * (0.5 * (1 + tanh) + slope);
                }
            }
            return dx;
        }
    }

    /** Causal attention; queries, keys and values lie side by side in a row, each cut into heads. */
    private final class Attention {
        private double[][] qkv = {};

        double[][] forward(double[][] input) {
            qkv = input;
            int d = shape.width();
            double[][] y = new double[qkv.length][d];
            for (int head = 0; head < shape.heads(); head++) {
                int from = head * d / shape.heads();
                for (int t = 0; t < qkv.length; t++) {
                    double[] share = shares(t, from);
                    for (int s = 0; s <= t; s++) {
                        for (int i = from; i < from + d / shape.heads(); i++) {
                            y[t][i] += share[s] * qkv[s][2 * d + i];
                        }
                    }
                }
            }
            return y;
        }

        /** What position t takes from each position up to its own. */
        private double[] shares(int t, int from) {
            int d = shape.width();
            int size = d / shape.heads();
            double[] share = new double[qkv.length];
            for (int s = 0; s <= t; s++) {
                for (int i = from; i < from + size; i++) {
                    share[s] += qkv[t][i] * qkv[s][d + i] / Math.sqrt(size);
                }
                if (shape.architecture().equals(new Gpt2(Positions.ALIBI))) {
                    share[s] -= slope(from / size, shape.heads()) * (t - s);
                }
            }
            softmax(share, t + 1);
            return share;
        }

        double[][] backward(double[][] dy) {
            double[][] dqkv = new double[qkv.length][3 * shape.width()];
            for (int head = 0; head < shape.heads(); head++) {
                for (int t = 0; t < qkv.length; t++) {
                    backward(dy[t], dqkv, t, head * shape.width() / shape.heads());
                }
            }
            return dqkv;
        }

        private void backward(double[] dy, double[][] dqkv, int t, int from) {
            int d = shape.width();
            int size = d / shape.heads();
            double[] share = shares(t, from);
            double[] dshare = new double[t + 1];
            double mean = 0;
            for (int s = 0; s <= t; s++) {
                for (int i = from; i < from + size; i++) {
                    dqkv[s][2 * d + i] += share[s] * dy[i];
                    dshare[s] += qkv[s][2 * d + i] * dy[i];
                }
                mean += share[s] * dshare[s];
            }
            for (int s = 0; s <= t; s++) {
                double dscore = share[s] * (dshare[s] - mean) / Math.sqrt(size);
                for (int i = from; i < from + size; i++) {
                    dqkv[t][i] += dscore * qkv[s][d + i];
                    dqkv[s][d + i] += dscore * qkv[t][i];
                }
            }
        }
    }
}
