package io.tributary.model;

import io.tributary.model.Architecture.Llama;
import io.tributary.model.NaiveDecoder.Module;
import java.util.function.ToIntFunction;

/** A layer of Llama in double precision and plain loops, with a backward pass written by hand. */
final class NaiveLlama implements Module {
    private static final double EPSILON = 1e-5;

    private final Norm norm1;
    private final Matrix qkv;
    private final Attention attention;
    private final Matrix projection;
    private final Norm norm2;
    private final Matrix gateUp;
    private final SwiGlu swiGlu = new SwiGlu();
    private final Matrix down;

    /** @param offset of a tensor of this layer in the body */
    NaiveLlama(ModelShape shape, Llama llama, double[] body, double[] gradient, ToIntFunction<String> offset) {
        int d = shape.width();
        int e = d / shape.heads();
        norm1 = new Norm(body, gradient, offset.applyAsInt("input_layernorm.weight"));
        qkv = new Matrix(
                body, gradient, offset.applyAsInt("self_attn.qkv_proj.weight"), d + 2 * llama.keyValueHeads() * e);
        Head[] queries = new Head[shape.heads()];
        Head[] keys = new Head[llama.keyValueHeads()];
        for (int head = 0; head < queries.length; head++) {
            queries[head] = head(llama, body, gradient, offset, "self_attn.q_norm.weight");
        }
        for (int head = 0; head < keys.length; head++) {
            keys[head] = head(llama, body, gradient, offset, "self_attn.k_norm.weight");
        }
        attention = new Attention(queries, keys, e);
        projection = new Matrix(body, gradient, offset.applyAsInt("self_attn.o_proj.weight"), d);
        norm2 = new Norm(body, gradient, offset.applyAsInt("post_attention_layernorm.weight"));
        gateUp = new Matrix(body, gradient, offset.applyAsInt("mlp.gate_up_proj.weight"), 2 * llama.feedForward());
        down = new Matrix(body, gradient, offset.applyAsInt("mlp.down_proj.weight"), d);
    }

    private static Head head(
            Llama llama, double[] body, double[] gradient, ToIntFunction<String> offset, String normName) {
        Rotation rotation = new Rotation(llama.ropeTheta());
        return llama.queryKeyNorm()
                ? new Head(new Norm(body, gradient, offset.applyAsInt(normName)), rotation)
                : new Head(new Same(), rotation);
    }

    @Override
    public double[][] forward(double[][] x) {
        double[][] y = NaiveDecoder.plus(x, projection.forward(attention.forward(qkv.forward(norm1.forward(x)))));
        return NaiveDecoder.plus(y, down.forward(swiGlu.forward(gateUp.forward(norm2.forward(y)))));
    }

    @Override
    public double[][] backward(double[][] dz) {
        double[][] dy = NaiveDecoder.plus(dz, norm2.backward(gateUp.backward(swiGlu.backward(down.backward(dz)))));
        return NaiveDecoder.plus(dy, norm1.backward(qkv.backward(attention.backward(projection.backward(dy)))));
    }

    private static final class Matrix implements Module {
        private final double[] body;
        private final double[] gradient;
        private final int weight;
        private final int out;
        private double[][] input = {};

        Matrix(double[] body, double[] gradient, int weight, int out) {
            this.body = body;
            this.gradient = gradient;
            this.weight = weight;
            this.out = out;
        }

        @Override
        public double[][] forward(double[][] x) {
            input = x;
            double[][] y = new double[x.length][out];
            for (int t = 0; t < x.length; t++) {
                for (int o = 0; o < out; o++) {
                    for (int i = 0; i < x[t].length; i++) {
                        y[t][o] += body[weight + o * x[t].length + i] * x[t][i];
                    }
                }
            }
            return y;
        }

        @Override
        public double[][] backward(double[][] dy) {
            int in = input[0].length;
            double[][] dx = new double[dy.length][in];
            for (int t = 0; t < dy.length; t++) {
                for (int o = 0; o < out; o++) {
                    for (int i = 0; i < in; i++) {
                        gradient[weight + o * in + i] += dy[t][o] * input[t][i];
                        dx[t][i] += dy[t][o] * body[weight + o * in + i];
                    }
                }
            }
            return dx;
        }
    }

    /** x over the root of its mean square, times a gain. */
    static final class Norm implements Module {
        private final double[] body;
        private final double[] gradient;
        private final int gain;
        private double[][] input = {};

        Norm(double[] body, double[] gradient, int gain) {
            this.body = body;
            this.gradient = gradient;
            this.gain = gain;
        }

        private static double inverseRoot(double[] x) {
            double sum = 0;
            for (double value : x) {
                sum += value * value;
            }
            return 1 / Math.sqrt(sum / x.length + EPSILON);
        }

        @Override
        public double[][] forward(double[][] x) {
            input = x;
            double[][] y = new double[x.length][x[0].length];
            for (int t = 0; t < x.length; t++) {
                double r = inverseRoot(x[t]);
                for (int i = 0; i < x[t].length; i++) {
                    y[t][i] = x[t][i] * r * body[gain + i];
                }
            }
            return y;
        }

        @Override
        public double[][] backward(double[][] dy) {
            int d = dy[0].length;
            double[][] dx = new double[dy.length][d];
            for (int t = 0; t < dy.length; t++) {
                double r = inverseRoot(input[t]);
                double dot = 0;
                for (int i = 0; i < d; i++) {
                    gradient[gain + i] += dy[t][i] * input[t][i] * r;
                    dot += dy[t][i] * body[gain + i] * input[t][i];
                }
                for (int i = 0; i < d; i++) {
                    dx[t][i] = r * dy[t][i] * body[gain + i] - r * r * r * dot / d * input[t][i];
                }
            }
            return dx;
        }
    }

    private static final class Same implements Module {
        @Override
        public double[][] forward(double[][] x) {
            return x;
        }

        @Override
        public double[][] backward(double[][] dy) {
            return dy;
        }
    }

    /** Turns the pair (i, i + e/2) of position t by t * theta^(-2i / e). */
    private record Rotation(double theta) {
        double[][] turn(double[][] x, int sign) {
            int half = x[0].length / 2;
            double[][] y = new double[x.length][2 * half];
            for (int t = 0; t < x.length; t++) {
                for (int i = 0; i < half; i++) {
                    double angle = sign * t * Math.pow(theta, -(double) i / half);
                    y[t][i] = x[t][i] * Math.cos(angle) - x[t][half + i] * Math.sin(angle);
                    y[t][half + i] = x[t][half + i] * Math.cos(angle) + x[t][i] * Math.sin(angle);
                }
            }
            return y;
        }
    }

    /** What queries or keys of one head go through. */
    private record Head(Module norm, Rotation rotation) implements Module {
        @Override
        public double[][] forward(double[][] x) {
            return rotation.turn(norm.forward(x), 1);
        }

        @Override
        public double[][] backward(double[][] dy) {
            return norm.backward(rotation.turn(dy, -1));
        }
    }

    /** Causal attention; queries of all heads lie in a row before the keys and the values of the groups. */
    private static final class Attention implements Module {
        private final Head[] queries;
        private final Head[] keys;
        private final int e;
        private double[][] qkv = {};
        private double[][][] q = {};
        private double[][][] k = {};

        Attention(Head[] queries, Head[] keys, int e) {
            this.queries = queries;
            this.keys = keys;
            this.e = e;
        }

        private int group(int head) {
            return head / (queries.length / keys.length);
        }

        private int valueAt(int head) {
            return (queries.length + keys.length + group(head)) * e;
        }

        private static double[][] columns(double[][] x, int from, int count) {
            double[][] some = new double[x.length][count];
            for (int t = 0; t < x.length; t++) {
                System.arraycopy(x[t], from, some[t], 0, count);
            }
            return some;
        }

        @Override
        public double[][] forward(double[][] input) {
            qkv = input;
            q = new double[queries.length][][];
            k = new double[keys.length][][];
            for (int head = 0; head < q.length; head++) {
                q[head] = queries[head].forward(columns(input, head * e, e));
            }
            for (int group = 0; group < k.length; group++) {
                k[group] = keys[group].forward(columns(input, (q.length + group) * e, e));
            }
            double[][] y = new double[input.length][q.length * e];
            for (int head = 0; head < q.length; head++) {
                for (int t = 0; t < input.length; t++) {
                    double[] share = shares(head, t);
                    for (int s = 0; s <= t; s++) {
                        for (int i = 0; i < e; i++) {
                            y[t][head * e + i] += share[s] * input[s][valueAt(head) + i];
                        }
                    }
                }
            }
            return y;
        }

        private double[] shares(int head, int t) {
            double[] share = new double[t + 1];
            for (int s = 0; s <= t; s++) {
                for (int i = 0; i < e; i++) {
                    share[s] += q[head][t][i] * k[group(head)][s][i] / Math.sqrt(e);
                }
            }
            NaiveDecoder.softmax(share, share.length);
            return share;
        }

        @Override
        public double[][] backward(double[][] dy) {
            double[][] dqkv = new double[qkv.length][qkv[0].length];
            double[][][] dk = new double[keys.length][qkv.length][e];
            for (int head = 0; head < q.length; head++) {
                double[][] dq = new double[qkv.length][e];
                for (int t = 0; t < qkv.length; t++) {
                    backward(dy[t], head, t, dq[t], dk[group(head)], dqkv);
                }
                paste(queries[head].backward(dq), dqkv, head * e);
            }
            for (int group = 0; group < keys.length; group++) {
                paste(keys[group].backward(dk[group]), dqkv, (q.length + group) * e);
            }
            return dqkv;
        }

        private void backward(double[] dy, int head, int t, double[] dq, double[][] dk, double[][] dqkv) {
            double[] share = shares(head, t);
            double[] dshare = new double[t + 1];
            double mean = 0;
            for (int s = 0; s <= t; s++) {
                for (int i = 0; i < e; i++) {
                    dqkv[s][valueAt(head) + i] += share[s] * dy[head * e + i];
                    dshare[s] += qkv[s][valueAt(head) + i] * dy[head * e + i];
                }
                mean += share[s] * dshare[s];
            }
            for (int s = 0; s <= t; s++) {
                double dscore = share[s] * (dshare[s] - mean) / Math.sqrt(e);
                for (int i = 0; i < e; i++) {
                    dq[i] += dscore * k[group(head)][s][i];
                    dk[s][i] += dscore * q[head][t][i];
                }
            }
        }

        private static void paste(double[][] columns, double[][] into, int from) {
            for (int t = 0; t < columns.length; t++) {
                System.arraycopy(columns[t], 0, into[t], from, columns[t].length);
            }
        }
    }

    /** The first half through SiLU, x * sigmoid(x), times the second. */
    private static final class SwiGlu implements Module {
        private double[][] input = {};

        private static double sigmoid(double x) {
            return 1 / (1 + Math.exp(-x));
        }

        @Override
        public double[][] forward(double[][] x) {
            input = x;
            int width = x[0].length / 2;
            double[][] y = new double[x.length][width];
            for (int t = 0; t < x.length; t++) {
                for (int i = 0; i < width; i++) {
                    y[t][i] = x[t][i] * sigmoid(x[t][i]) * x[t][width + i];
                }
            }
            return y;
        }

        @Override
        public double[][] backward(double[][] dy) {
            int width = dy[0].length;
            double[][] dx = new double[dy.length][2 * width];
            for (int t = 0; t < dy.length; t++) {
                for (int i = 0; i < width; i++) {
                    double x = input[t][i];
                    double s = sigmoid(x);
                    dx[t][i] = dy[t][i] * input[t][width + i] * s * (1 + x * (1 - s));
                    dx[t][width + i] = dy[t][i] * x * s;
                }
            }
            return dx;
        }
    }
}
