"""The networks of the suite gpu in PyTorch, for on-device.ts: the same shapes, trained on noise, for the time of a step alone."""

import os
import time

import torch
from peer import serve
from torch import nn
from torch.nn.functional import cross_entropy, layer_norm, relu, scaled_dot_product_attention

try:
    from torchjd.aggregation import UPGrad
    from torchjd.autojac import backward, jac_to_grad, mtl_backward
except ImportError:
    UPGrad = None

DEVICE = os.environ.get("SCALPEL_PEER_DEVICE", "cuda")
if DEVICE == "cuda" and not torch.cuda.is_available():
    raise SystemExit("PyTorch finds no CUDA device")
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # float32, as ours is.
LAMBDA, RHO = 1.0, 0.01


class Block(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.before, self.between = nn.GroupNorm(1, inputs), nn.GroupNorm(1, width)
        self.first = nn.Conv2d(inputs, width, 3, stride, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, width, 1, stride) if stride > 1 else None

    def forward(self, x):
        active = relu(self.before(x))
        branch = self.second(relu(self.between(self.first(active))))
        return (self.shortcut(active) if self.shortcut else x) + branch


class ResNet(nn.Module):
    def __init__(self, options):
        super().__init__()
        widths = [64, 128, 256, 512]
        layers = [nn.Conv2d(1, 64, 3, padding=1)]
        for stage, width in enumerate(widths):
            for place in range(2):
                inputs = widths[max(0, stage - 1)] if place == 0 else width
                layers.append(Block(inputs, width, 2 if place == 0 and stage > 0 else 1))
        self.trunk = nn.Sequential(*layers, nn.GroupNorm(1, 512), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(512, 10) for _ in range(2)])
        batch = options["batch"]
        self.x = torch.randn(batch, 1, 28, 28, device=DEVICE)
        self.labels = torch.randint(10, (2, batch), device=DEVICE)
        self.optimizer = lambda parameters: torch.optim.SGD(parameters, 0.001, 0.9, nesterov=True)

    def losses(self):
        features = self.trunk(self.x).mean((2, 3))
        return [cross_entropy(head(features), y) for head, y in zip(self.heads, self.labels)], features

    def shared(self):
        return list(self.trunk.parameters())


class Transformer(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.width, self.count, context = options["width"], options["heads"], options["context"]
        layer = lambda a, b: nn.Linear(a, b, bias=False)
        width, wide = self.width, options["feedForward"]
        self.embedding = nn.Embedding(256, width)
        self.positions = nn.Parameter(torch.zeros(context, width))
        self.blocks = nn.ModuleList(
            nn.ModuleList([layer(width, 3 * width), layer(width, width), layer(width, wide), layer(wide, width)])
            for _ in range(options["layers"])
        )
        self.head = layer(width, 256)
        self.texts = torch.randint(256, (2, options.get("batch", 32), context + 1), device=DEVICE)
        self.optimizer = lambda parameters: torch.optim.Adam(parameters, 1e-4)

    def losses(self):
        return [self.loss(text) for text in self.texts], None

    def loss(self, text):
        x = self.embedding(text[:, :-1]) + self.positions
        for together, mix, widen, narrow in self.blocks:
            parts = together(self.norm(x)).view(*x.shape[:2], 3, self.count, -1).permute(2, 0, 3, 1, 4)
            seen = scaled_dot_product_attention(*parts, is_causal=True)
            x = x + mix(seen.transpose(1, 2).reshape(x.shape))
            x = x + narrow(relu(widen(self.norm(x))))
        return cross_entropy(self.head(self.norm(x)).flatten(0, 1), text[:, 1:].flatten())

    def norm(self, x):
        return layer_norm(x, (self.width,))

    def shared(self):
        return list(self.parameters())


MODELS = {"fashion-and-digits": ResNet, "language-model": Transformer}


class Training:
    def __init__(self, model, options):
        self.model = MODELS[model](options).to(DEVICE)
        self.shared = self.model.shared()
        self.optimizer = self.model.optimizer(self.model.parameters())
        self.average = [torch.zeros_like(p) for p in self.shared]

    def mixed(self):
        main, other = self.model.losses()[0]
        (main + LAMBDA * other).backward()

    def bloop(self):
        main, other = self.model.losses()[0]
        other.backward(retain_graph=True)
        second = [p.grad for p in self.shared]
        for p in self.shared:
            p.grad = None
        main.backward()
        first = [p.grad for p in self.shared]
        square = torch.stack([e.square().sum() for e in self.average]).sum()
        product = torch.stack([(g * e).sum() for g, e in zip(second, self.average)]).sum()
        scale = product / square.clamp_min(1e-30)
        for p, f, g, e in zip(self.shared, first, second, self.average):
            p.grad = f + LAMBDA * (g - scale * e)
            e.lerp_(f, RHO)

    def upgrad(self):
        losses, features = self.model.losses()
        if features is None:
            backward(losses)
        else:
            mtl_backward(losses, features=features)
        jac_to_grad(self.shared, UPGrad())

    def run(self, method, steps):
        finish()
        start = time.perf_counter()
        for _ in range(steps):
            getattr(self, method)()
            self.optimizer.step()
            self.optimizer.zero_grad()
        finish()
        return (time.perf_counter() - start) * 1000


def finish():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


training = None


def answer(question):
    global training
    match question:
        case {"model": model, "options": options}:
            training = Training(model, options)
            return {"parameters": sum(p.numel() for p in training.model.parameters())}
        case {"method": method, "steps": steps}:
            return {"milliseconds": training.run(method, steps)}


serve(answer, device=torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE)
