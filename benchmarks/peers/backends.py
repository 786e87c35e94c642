"""Training steps in PyTorch, for backends.ts, of the same models."""

import math
import time

import torch
from peer import serve
from torch.nn.functional import conv2d, cross_entropy, max_pool2d, relu
from uniform import uniform


def parameter(seed, *shape):
    """Laid out as in TensorFlow."""
    inputs = math.prod(shape[:-1])
    scale = 2.0 ** -round(math.log2(math.sqrt(inputs / 3)))
    return (uniform(seed, inputs * shape[-1]) * scale).reshape(shape)


def perceptron(batch):
    sizes = [784, 512, 512, 20]
    weights = [parameter(i, a, b).requires_grad_() for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]
    x = uniform(100, batch * 784).reshape(batch, 784)

    def logits():
        return relu(relu(x @ weights[0]) @ weights[1]) @ weights[2]

    return weights, logits, 20


def convolutional(batch):
    filters = [parameter(0, 3, 3, 1, 16), parameter(1, 3, 3, 16, 32)]
    weights = [f.permute(3, 2, 0, 1).contiguous().requires_grad_() for f in filters]
    dense = parameter(2, 7 * 7 * 32, 10)
    # From [row, column, channel] to [channel, row, column].
    dense = dense.reshape(7, 7, 32, 10).permute(2, 0, 1, 3).reshape(-1, 10).contiguous().requires_grad_()
    x = uniform(100, batch * 784).reshape(batch, 1, 28, 28)

    def logits():
        features = x
        for weight in weights:
            features = max_pool2d(relu(conv2d(features, weight, padding=1)), 2)
        return features.flatten(1) @ dense

    return [*weights, dense], logits, 10


MODELS = {"MLP 784-512-512-20": perceptron, "CNN 28x28, 16 and 32 filters": convolutional}


class Trained:
    def __init__(self, name, batch):
        parameters, self.logits, classes = MODELS[name](batch)
        self.labels = ((uniform(101, batch) + 1) / 2 * classes).floor().long()
        self.optimizer = torch.optim.SGD(parameters, lr=2.0**-6)

    def step(self):
        self.optimizer.zero_grad()
        loss = cross_entropy(self.logits(), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


trained = {}


def answer(question):
    torch.set_num_threads(question["threads"])
    key = tuple(question.values())
    if key not in trained:
        trained[key] = Trained(question["name"], question["batch"])
    start = time.perf_counter()
    loss = trained[key].step()
    return {"time": (time.perf_counter() - start) * 1000, "loss": loss}


serve(answer)
