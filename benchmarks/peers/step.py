"""Whole training steps in PyTorch and TorchJD, for step.ts, of the networks of networks.ts."""

import math
import time

import torch
from peer import serve
from torch.nn.functional import cross_entropy, relu
from torchjd.aggregation import MGDA, UPGrad
from torchjd.autojac import backward, jac_to_grad, mtl_backward
from uniform import sample, uniform

AGGREGATORS = {"upgrad": UPGrad, "mgda": MGDA}
LAMBDA, RHO = 1.0, 0.01


class Network:
    def __init__(self, trunk, heads, examples, rate):
        layers = [layer(*widths, seed) for seed, widths in enumerate(zip(trunk, trunk[1:]))]
        tops = [layer(trunk[-1], 10, len(trunk) + head) for head in range(heads)]
        self.layers, self.tops = layers, tops
        self.shared = [parameter for layer in layers for parameter in layer]
        self.private = [list(top) for top in tops]
        if heads == 1:  # Both losses reach all of it.
            self.shared, self.private = self.shared + self.private[0], [[], []]
        self.parameters = self.shared + [p for own in self.private for p in own]
        self.optimizer = torch.optim.SGD(self.parameters, lr=rate)
        self.x = uniform(100, examples * trunk[0]).reshape(examples, trunk[0])
        self.labels = [((uniform(101 + h, examples).double() + 1) * 5).floor().long() for h in range(heads)]
        self.average = [torch.zeros_like(p) for p in self.shared]

    def forward(self):
        features = self.x
        for weights, bias in self.layers:
            features = relu(features @ weights + bias)
        logits = [features @ weights + bias for weights, bias in self.tops]
        losses = [cross_entropy(top, labels) for top, labels in zip(logits, self.labels)]
        return (losses if len(losses) > 1 else [*losses, logits[0].square().mean()]), features

    def torchjd(self, method):
        """`backward` where the losses share all parameters, else `mtl_backward`."""
        losses, features = self.forward()
        if self.private[0]:
            mtl_backward(losses, features=features)
        else:
            backward(losses)
        jac_to_grad(self.shared, AGGREGATORS[method]())
        self.optimizer.step()
        self.optimizer.zero_grad()

    def loops(self, method):
        """A backward pass for each loss, in a loop."""
        losses, _ = self.forward()
        rows = []
        for index, loss in enumerate(losses):
            wanted = self.shared + self.private[index]
            gradients = torch.autograd.grad(loss, wanted, retain_graph=index + 1 < len(losses))
            rows.append(gradients[: len(self.shared)])
            for parameter, gradient in zip(self.private[index], gradients[len(self.shared) :]):
                parameter.grad = gradient
        direction = self.bloop(*rows) if method == "bloop" else self.aggregated(rows, method)
        for parameter, gradient in zip(self.shared, direction):
            parameter.grad = gradient
        self.optimizer.step()

    def bloop(self, main, other):
        square = sum(e.square().sum() for e in self.average)
        product = sum((g * e).sum() for g, e in zip(other, self.average))
        scale = product / square if square > 0 else 0
        direction = [f + LAMBDA * (g - scale * e) for f, g, e in zip(main, other, self.average)]
        self.average = [(1 - RHO) * e + RHO * f for f, e in zip(main, self.average)]
        return direction

    def aggregated(self, rows, method):
        matrix = torch.stack([torch.cat([gradient.flatten() for gradient in row]) for row in rows])
        parts = AGGREGATORS[method]()(matrix).split([p.numel() for p in self.shared])
        return [part.view_as(parameter) for part, parameter in zip(parts, self.shared)]


def layer(inputs, outputs, seed):
    scale = 2.0 ** -round(math.log2(math.sqrt(inputs / 3)))
    weights = uniform(seed, inputs * outputs).reshape(inputs, outputs) * scale
    return weights.requires_grad_(), torch.zeros(outputs, requires_grad=True)


network = None


def answer(question):
    global network
    match question:
        case {"network": shape, "rate": rate}:
            network = Network(**shape, rate=rate)
            return {}
        case {"steps": steps, "way": way, "method": method}:
            start = time.perf_counter()
            for _ in range(steps):
                getattr(network, way)(method)
            return {"milliseconds": (time.perf_counter() - start) * 1000}
        case "parameters":
            return {"sample": sample(torch.cat([p.detach().flatten() for p in network.parameters]), 10000)}


serve(answer)
