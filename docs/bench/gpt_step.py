"""The training step of `./tributary bench step` in PyTorch, to compare with: the same model, batch, optimizer and count of
operations. Needs PyTorch 2.0 or later.

By itself:     python3 gpt_step.py --precision bf16 --compile --repeats 5 --seconds 2
For the bench: it prints {"ready": ...}, then takes a turn for each line "go SECONDS" that it reads, until its input ends.
               Between turns it waits, so that several programs can take turns on one machine.

Each turn is a line of JSON: steps, seconds that they took, loss of the last one, tokens and GFLOP per second.
"""

import argparse
import contextlib
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.ln_2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.ln_1(x)).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.projection(a.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.ln_2(x)), approximate="tanh"))


class Decoder(nn.Module):
    """The head is tied to the token embedding."""

    def __init__(self, args):
        super().__init__()
        self.tokens = nn.Embedding(args.pieces, args.width)
        self.positions = nn.Parameter(torch.empty(args.length, args.width))
        self.blocks = nn.ModuleList(Block(args.width, args.heads) for _ in range(args.layers))
        self.ln_f = nn.LayerNorm(args.width)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                residual = name.endswith(("projection.weight", "down.weight"))
                nn.init.normal_(parameter, 0, 0.02 / math.sqrt(2 * args.layers) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.size(-1)).float(), targets.reshape(-1))


class Training:
    def __init__(self, args):
        torch.manual_seed(1)
        self.args = args
        self.model = Decoder(args)
        self.loss = torch.compile(self.model) if args.compile else self.model
        self.optimizer = adamw(self.model.parameters())
        self.batches = [torch.randint(args.pieces, (args.rows, args.length + 1)) for _ in range(8)]
        self.steps = 0
        positions = args.length * args.width
        trained = sum(p.numel() for p in self.model.parameters()) - positions
        # Six for each parameter that multiplies, and attention without regard to its mask, as Tributary counts.
        self.flops = 6 * trained + 12 * args.layers * args.width * args.length

    def step(self):
        batch = self.batches[self.steps % len(self.batches)]
        self.steps += 1
        bf16 = self.args.precision == "bf16"
        with torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext():
            loss = self.loss(batch[:, :-1], batch[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()

    def turn(self, seconds):
        before = time.perf_counter()
        steps, taken, loss = 0, 0.0, 0.0
        while steps == 0 or taken < seconds:
            loss = self.step()
            steps += 1
            taken = time.perf_counter() - before
        rate = steps * self.args.rows * self.args.length / taken
        return {
            "steps": steps,
            "seconds": taken,
            "loss": loss,
            "tokensPerSecond": rate,
            "gflops": rate * self.flops / 1e9,
        }


def adamw(parameters):
    parameters = list(parameters)
    settings = {"lr": 3e-4, "betas": (0.9, 0.95), "eps": 1e-8, "weight_decay": 0.0}
    try:
        return torch.optim.AdamW(parameters, fused=True, **settings)
    except RuntimeError:
        # Fused on the CPU since PyTorch 2.4.
        return torch.optim.AdamW(parameters, foreach=True, **settings)


def say(message):
    print(json.dumps(message), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="The training step in PyTorch.")
    for name, default in [("layers", 6), ("width", 256), ("heads", 4), ("pieces", 8192), ("rows", 8), ("length", 256)]:
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=0, help="turns without being told to go")
    parser.add_argument("--seconds", type=float, default=2)
    return parser.parse_args()


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    training = Training(args)
    # Compiles, too.
    training.step()
    say({"ready": True, "torch": torch.__version__, "flopsPerToken": training.flops})
    for _ in range(args.repeats):
        say(training.turn(args.seconds))
    if args.repeats == 0:
        for line in sys.stdin:
            say(training.turn(float(line.split()[1])))


if __name__ == "__main__":
    main()
