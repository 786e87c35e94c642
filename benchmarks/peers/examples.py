"""The examples of a batch as objectives in PyTorch and TorchJD, for examples.ts, of the network in networks.ts."""

import math
import time

import torch
from peer import serve
from torch import nn
from torch.nn.functional import cross_entropy
from torchjd.aggregation import UPGradWeighting
from torchjd.autogram import Engine
from uniform import uniform


class Network:
    def __init__(self, examples):
        self.model = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(7 * 7 * 32, 10),
        )
        shapes = [(3, 3, 1, 16), (3, 3, 16, 32), (7 * 7 * 32, 10)]
        with torch.no_grad():
            for seed, (own, shape) in enumerate(zip(self.layers(), shapes)):
                own.weight.copy_(from_tensorflow(values(seed, shape)))
                own.bias.zero_()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=2.0**-10)
        self.x = uniform(100, examples * 784).reshape(examples, 1, 28, 28)
        self.labels = ((uniform(101, examples).double() + 1) * 5).floor().long()

    def layers(self):
        return [self.model[0], self.model[3], self.model[7]]

    def direction(self):
        """The gradients in the order and layout of TensorFlow."""
        return [part for own in self.layers() for part in (to_tensorflow(own.weight.grad), own.bias.grad)]


def values(seed, shape):
    inputs = math.prod(shape[:-1])
    scale = 2.0 ** -round(math.log2(math.sqrt(inputs / 3)))
    return (uniform(seed, inputs * shape[-1]) * scale).reshape(shape)


def from_tensorflow(weights):
    """From [height, width, inputs, outputs]. The inputs of the last layer are [row, column, channel] there, [channel, row, column] here."""
    if weights.dim() == 4:
        return weights.permute(3, 2, 0, 1)
    return weights.reshape(7, 7, 32, 10).permute(3, 2, 0, 1).reshape(10, -1)


def to_tensorflow(weights):
    if weights.dim() == 4:
        return weights.permute(2, 3, 1, 0)
    return weights.reshape(10, 32, 7, 7).permute(2, 3, 1, 0).reshape(-1, 10)


def mean(gramian):
    return torch.full((len(gramian),), 1 / len(gramian))


WEIGHTINGS = {"mean": mean, "upgrad": UPGradWeighting()}


class Sides:
    """Two copies: the engine does not allow forward passes that it has nothing to do with."""

    def __init__(self, examples):
        self.plain = Network(examples)
        self.examples = Network(examples)
        self.engine = Engine(self.examples.model, batch_dim=0)

    def step(self, way):
        """Changes the weights. Returns the Gramian; None for the plain step of the mean loss."""
        network = self.plain if way == "plain" else self.examples
        network.optimizer.zero_grad()
        losses = cross_entropy(network.model(network.x), network.labels, reduction="none")
        gramian = None
        if way == "plain":
            losses.mean().backward()
        else:
            gramian = self.engine.compute_gramian(losses)
            losses.backward(WEIGHTINGS[way](gramian))
        network.optimizer.step()
        return gramian


sides = None


def answer(question):
    global sides
    match question:
        case {"examples": examples}:
            sides = Sides(examples)
            return {}
        case {"time": way}:
            start = time.perf_counter()
            sides.step(way)
            return {"milliseconds": (time.perf_counter() - start) * 1000}
        case {"first": way}:
            gramian = sides.step(way)
            network = sides.plain if way == "plain" else sides.examples
            direction = torch.cat([part.flatten() for part in network.direction()])
            return {
                "direction": direction.tolist(),
                "gramian": [] if gramian is None else gramian.flatten().tolist(),
            }


serve(answer)
