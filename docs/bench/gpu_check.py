"""Runs the step program of Tributary, the very same archive, in PyTorch on a GPU, and checks it against the CPU.

    ./tributary bench step --layers 12 --width 768 --heads 12 --length 2048 --precision bf16 --save-program build/step
    python3 docs/bench/gpu_check.py build/step --pieces 50257 --rows 8

Prints one JSON document: losses of some steps on both in float32 and bfloat16 and their largest difference, tokens per
second, and the share of the rate that a bfloat16 product of 8192 x 8192 matrices reaches in the same run. Ends with 1 if the
devices disagree. With --device cpu everything but the figures can be tried without a GPU. Needs PyTorch 2.4 or later.
"""

import argparse
import json
import math
import statistics
import sys
import time

import torch

FLOAT32, BFLOAT16 = 6, 15
LOGITS = 1 << 27
TOLERANCE = {FLOAT32: 1e-3, BFLOAT16: 1e-2}


class Step:
    """One model with its moments on one device, as Tributary's engine would call it."""

    def __init__(self, folder, facts, args, device, dtype, rows):
        self.program = torch.jit.load(f"{folder}/step.pt", map_location=device)
        self.sizes = torch.tensor(facts["sizes"])
        self.settings = torch.tensor(facts["settings"])
        self.settings[1] = dtype
        self.optimizer = torch.tensor([args.rate, 0.9, 0.95, 1e-8, 0.0, 1.0], dtype=torch.float64)
        self.device = device
        width, length = facts["width"], facts["sequenceLength"]
        body, tokens = sum(facts["sizes"]), args.pieces * width
        positions = length * width if facts["learnsPositions"] else 0
        generator = torch.Generator().manual_seed(1)
        self.params = [torch.cat([self.initial(n, width, generator) for n in facts["sizes"]])]
        self.params += [torch.randn(n, generator=generator) * 0.02 for n in (tokens, positions) if n]
        self.params = [p.to(device) for p in self.params]
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.count = torch.zeros(1, device=device)
        number = torch.float32 if dtype == FLOAT32 else torch.bfloat16
        rounded = 0 if dtype == FLOAT32 else 1
        logits = min(rows * length, max(1, LOGITS // args.pieces)) * args.pieces
        self.room = [torch.zeros(sum(p.numel() for p in self.params), device=device)]
        self.room += [
            torch.zeros(n, dtype=number, device=device) for n in (rounded * body, rounded * tokens, rounded * tokens, logits)
        ]

    @staticmethod
    def initial(size, width, generator):
        # Norms and biases are short: ones would do for gains, and biases of 1 do no harm to a comparison of devices.
        return torch.ones(size) if size <= 4 * width else torch.randn(size, generator=generator) * 0.02

    def __call__(self, tokens):
        return self.program.train_step(
            self.params, self.m, self.v, self.count, tokens, self.sizes, self.settings, self.room, self.optimizer
        )


def batches(args, facts, rows, count):
    generator = torch.Generator().manual_seed(2)
    shape = (rows, facts["sequenceLength"] + 1)
    return [torch.randint(args.pieces, shape, generator=generator, dtype=torch.int32) for _ in range(count)]


def losses(args, facts, device, dtype):
    step = Step(args.folder, facts, args, device, dtype, args.check_rows)
    return [step(batch.to(device))[0].item() for batch in batches(args, facts, args.check_rows, args.check_steps)]


def agreement(args, facts):
    found = {}
    for dtype, name in ((FLOAT32, "fp32"), (BFLOAT16, "bf16")):
        exact = losses(args, facts, "cpu", dtype)
        here = losses(args, facts, args.device, dtype)
        worst = max(abs(a - b) / b for a, b in zip(here, exact))
        found[name] = {"cpu": exact, args.device: here, "largest": worst, "agrees": worst < TOLERANCE[dtype]}
    return found


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def product_rate(args):
    """FLOP per second of a bfloat16 matrix product."""
    n = args.product
    a = torch.randn(n, n, device=args.device).to(torch.bfloat16)
    best = 0
    for _ in range(5):
        synchronize(args.device)
        start = time.perf_counter()
        for _ in range(args.products):
            b = a @ a
        synchronize(args.device)
        best = max(best, args.products * 2 * n**3 / (time.perf_counter() - start))
    del b
    return best


def speed(args, facts):
    step = Step(args.folder, facts, args, args.device, BFLOAT16, args.rows)
    data = [batch.to(args.device) for batch in batches(args, facts, args.rows, 4)]
    seconds = []
    for i in range(args.warm_up + args.steps):
        synchronize(args.device)
        start = time.perf_counter()
        step(data[i % len(data)])
        synchronize(args.device)
        if i >= args.warm_up:
            seconds.append(time.perf_counter() - start)
    length, width, layers = facts["sequenceLength"], facts["width"], facts["layers"]
    tokens = args.rows * length
    flops = tokens * (6 * (sum(facts["sizes"]) + args.pieces * width) + 12 * layers * width * length)
    median = statistics.median(seconds)
    rate = product_rate(args)
    memory = torch.cuda.max_memory_allocated() if args.device.startswith("cuda") else None
    return {
        "tokensPerSecond": tokens / median,
        "millisecondsAStep": {"median": 1e3 * median, "smallest": 1e3 * min(seconds), "largest": 1e3 * max(seconds)},
        "teraflops": flops / median / 1e12,
        "productTeraflops": rate / 1e12,
        "shareOfProduct": flops / median / rate,
        "peakMemoryBytes": memory,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="what bench step --save-program has written")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--pieces", type=int, default=50257)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    parser.add_argument("--check-rows", type=int, default=1)
    parser.add_argument("--check-steps", type=int, default=4)
    parser.add_argument("--product", type=int, default=8192, help="rows and columns of the product that limits")
    parser.add_argument("--products", type=int, default=10)
    args = parser.parse_args()
    with open(f"{args.folder}/step.json", encoding="utf-8") as file:
        facts = json.load(file)
    name = torch.cuda.get_device_name() if args.device.startswith("cuda") else "CPU"
    found = agreement(args, facts)
    result = {"device": name, "torch": torch.__version__, "model": facts, "agreement": found, "speed": speed(args, facts)}
    for key in ("sizes", "settings"):
        del result["model"][key]
    print(json.dumps(result, indent=1))
    if not all(each["agrees"] and all(map(math.isfinite, each[args.device])) for each in found.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
