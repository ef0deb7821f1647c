package io.tributary.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.huggingface.ExportedFiles.Matrix;
import io.tributary.huggingface.ExportedFiles.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * What the transformers library computes of a folder with GPT-2, Llama or Qwen3, in double precision and plain loops: by
 * {@code config.json} and the names in the files alone.
 */
final class NaiveTransformer {
    private final JsonNode config;
    private final Tensors tensors;
    private final boolean gpt2;
    private final int d;
    private final int heads;
    private final int groups;
    private final int e;

    NaiveTransformer(ExportedFiles files) throws IOException {
        config = files.json("config.json");
        tensors = files.tensors();
        gpt2 = config.get("model_type").textValue().equals("gpt2");
        d = number(gpt2 ? "n_embd" : "hidden_size");
        heads = number(gpt2 ? "n_head" : "num_attention_heads");
        groups = gpt2 ? heads : number("num_key_value_heads");
        e = gpt2 ? d / heads : number("head_dim");
    }

    private int number(String key) {
        return config.get(key).intValue();
    }

    /** Logits of each position, [T, V]. */
    double[][] logits(int[] ids) {
        double[][] x = new double[ids.length][d];
        double[] tokens = values(gpt2 ? "transformer.wte.weight" : "model.embed_tokens.weight");
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < d; i++) {
                x[t][i] = tokens[ids[t] * d + i] + (gpt2 ? values("transformer.wpe.weight")[t * d + i] : 0);
            }
        }
        int layers = number(gpt2 ? "n_layer" : "num_hidden_layers");
        for (int l = 0; l < layers; l++) {
            x = gpt2 ? gpt2Layer(x, "transformer.h." + l + ".") : llamaLayer(x, "model.layers." + l + ".");
        }
        x = gpt2 ? layerNorm(x, "transformer.ln_f") : rmsNorm(x, "model.norm");
        double[][] logits = new double[ids.length][tokens.length / d];
        for (int t = 0; t < ids.length; t++) {
            for (int v = 0; v < logits[t].length; v++) {
                for (int i = 0; i < d; i++) {
                    logits[t][v] += x[t][i] * tokens[v * d + i];
                }
            }
        }
        return logits;
    }

    private double[][] gpt2Layer(double[][] x, String h) {
        double[][] qkv = conv1d(layerNorm(x, h + "ln_1"), h + "attn.c_attn");
        double[][] attended = attention(columns(qkv, 0, d), columns(qkv, d, d), columns(qkv, 2 * d, d));
        double[][] y = plus(x, conv1d(attended, h + "attn.c_proj"));
        double[][] wide = map(conv1d(layerNorm(y, h + "ln_2"), h + "mlp.c_fc"), NaiveTransformer::geluNew);
        return plus(y, conv1d(wide, h + "mlp.c_proj"));
    }

    private double[][] llamaLayer(double[][] x, String h) {
        double[][] normed = rmsNorm(x, h + "input_layernorm");
        double[][] q = rotated(linear(normed, h + "self_attn.q_proj"), heads, h + "self_attn.q_norm");
        double[][] k = rotated(linear(normed, h + "self_attn.k_proj"), groups, h + "self_attn.k_norm");
        double[][] v = linear(normed, h + "self_attn.v_proj");
        double[][] y = plus(x, linear(attention(q, k, v), h + "self_attn.o_proj"));
        double[][] normed2 = rmsNorm(y, h + "post_attention_layernorm");
        double[][] gate = map(linear(normed2, h + "mlp.gate_proj"), z -> z / (1 + Math.exp(-z)));
        double[][] up = linear(normed2, h + "mlp.up_proj");
        for (int t = 0; t < gate.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] *= up[t][i];
            }
        }
        return plus(y, linear(gate, h + "mlp.down_proj"));
    }

    /** Heads normed, if the model is Qwen3, then turned: element i of a head's first half with i of its second. */
    private double[][] rotated(double[][] x, int count, String normName) {
        double theta = config.get("rope_theta").doubleValue();
        double[][] y = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int head = 0; head < count; head++) {
                double[] one = Arrays.copyOfRange(x[t], head * e, (head + 1) * e);
                if (config.get("model_type").textValue().equals("qwen3")) {
                    one = rmsNorm(new double[][] {one}, normName)[0];
                }
                for (int i = 0; i < e; i++) {
                    double angle = t * Math.pow(theta, -2.0 * (i % (e / 2)) / e);
                    double other = i < e / 2 ? -one[i + e / 2] : one[i - e / 2];
                    y[t][head * e + i] = one[i] * Math.cos(angle) + other * Math.sin(angle);
                }
            }
        }
        return y;
    }

    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        double[][] y = new double[q.length][heads * e];
        for (int head = 0; head < heads; head++) {
            int group = head / (heads / groups);
            for (int t = 0; t < q.length; t++) {
                double[] share = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < e; i++) {
                        share[s] += q[t][head * e + i] * k[s][group * e + i];
                    }
                    share[s] = Math.exp(share[s] / Math.sqrt(e));
                    sum += share[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < e; i++) {
                        y[t][head * e + i] += share[s] / sum * v[s][group * e + i];
                    }
                }
            }
        }
        return y;
    }

    private double[][] layerNorm(double[][] x, String name) {
        double epsilon = config.get("layer_norm_epsilon").doubleValue();
        double[] gain = values(name + ".weight");
        double[] bias = values(name + ".bias");
        double[][] y = new double[x.length][d];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance = Arrays.stream(x[t])
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < d; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + epsilon) * gain[i] + bias[i];
            }
        }
        return y;
    }

    private double[][] rmsNorm(double[][] x, String name) {
        double epsilon = config.get("rms_norm_eps").doubleValue();
        double[] gain = values(name + ".weight");
        double[][] y = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            double mean =
                    Arrays.stream(x[t]).map(value -> value * value).average().orElseThrow();
            for (int i = 0; i < y[t].length; i++) {
                y[t][i] = x[t][i] / Math.sqrt(mean + epsilon) * gain[i];
            }
        }
        return y;
    }

    /** y = x W, with W [in, out]. */
    private double[][] conv1d(double[][] x, String name) {
        Matrix w = tensors.get(name + ".weight");
        double[] bias = values(name + ".bias");
        int out = w.shape().get(1);
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = bias.clone();
            for (int i = 0; i < w.shape().get(0); i++) {
                for (int o = 0; o < out; o++) {
                    y[t][o] += x[t][i] * w.values()[i * out + o];
                }
            }
        }
        return y;
    }

    /** y = x W^T, with W [out, in]. */
    private double[][] linear(double[][] x, String name) {
        Matrix w = tensors.get(name + ".weight");
        int in = w.shape().get(1);
        double[][] y = new double[x.length][w.shape().get(0)];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < y[t].length; o++) {
                for (int i = 0; i < in; i++) {
                    y[t][o] += x[t][i] * w.values()[o * in + i];
                }
            }
        }
        return y;
    }

    private double[] values(String name) {
        return tensors.get(name).values();
    }

    private static double geluNew(double z) {
        return 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
    }

    private static double[][] map(double[][] x, DoubleUnaryOperator function) {
        return Arrays.stream(x)
                .map(row -> Arrays.stream(row).map(function).toArray())
                .toArray(double[][]::new);
    }

    private static double[][] columns(double[][] x, int from, int count) {
        return Arrays.stream(x)
                .map(row -> Arrays.copyOfRange(row, from, from + count))
                .toArray(double[][]::new);
    }

    private static double[][] plus(double[][] x, double[][] y) {
        double[][] sum = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < sum[t].length; i++) {
                sum[t][i] = x[t][i] + y[t][i];
            }
        }
        return sum;
    }
}
