package io.tributary.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What the step computes with; parameters, moments and the loss are 32-bit floats in any case. */
public enum Precision {
    /** 32-bit floats. */
    FP32(6),
    /** bfloat16: half the memory traffic, and far faster where the processor multiplies it. */
    BF16(15);

    private final int scalarType;

    Precision(int scalarType) {
        this.scalarType = scalarType;
    }

    /** The number by which TorchScript knows the type. */
    int scalarType() {
        return scalarType;
    }

    /** Of one number. */
    int bytes() {
        return this == FP32 ? Float.BYTES : Short.BYTES;
    }

    /** BF16 where this machine's processor multiplies it by itself, else FP32, where emulation would be slower. */
    public static Precision detect() {
        Path file = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(file) ? of(Files.readString(file)) : FP32;
        } catch (IOException e) {
            return FP32; // without the list of flags, the type that every processor has
        }
    }

    /** The precision for a processor that Linux describes so. */
    static Precision of(String cpuinfo) {
        Set<String> flags = cpuinfo.lines()
                .filter(line -> line.startsWith("flags"))
                .flatMap(line -> Arrays.stream(line.split("\\s+")))
                .collect(Collectors.toSet());
        return flags.contains("avx512_bf16") || flags.contains("amx_bf16") ? BF16 : FP32;
    }
}
