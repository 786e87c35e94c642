"""The passes over rows in PyTorch, for rows.ts: Bloop's formula in three ways, TorchJD's Gramian, and a copy."""

import time

import torch
from uniform import sample, uniform
from peer import serve
from torchjd._linalg import compute_gramian

torch.set_grad_enabled(False)
LAMBDA, RHO = 0.5, 0.01
BLOCK = 2**18  # A block of three rows stays in the second-level cache.

originals = []  # One list of tensors per row.
rows = []


def plain(main, other, average):
    """As one writes it."""
    scale = sum(torch.dot(g, e) for g, e in zip(other, average)) / sum(torch.dot(e, e) for e in average)
    direction = [f + LAMBDA * (g - scale * e) for f, g, e in zip(main, other, average)]
    return direction, [(1 - RHO) * e + RHO * f for f, e in zip(main, average)]


def in_place(main, other, average):
    """Without an allocation: both results take the place of what they were made from."""
    scale = sum(torch.dot(g, e).item() for g, e in zip(other, average)) / sum(
        torch.dot(e, e).item() for e in average
    )
    for f, g, e in zip(main, other, average):
        g.sub_(e, alpha=scale)
        e.lerp_(f, RHO)
        f.add_(g, alpha=LAMBDA)
    return main, average


def in_blocks(main, other, average):
    """In place, block by block, so that the operations of one block find it in the cache."""
    in_place(*([part for tensor in row for part in tensor.split(BLOCK)] for row in (main, other, average)))
    return main, average


def stacked(*rows):
    """TorchJD with `optimize_gramian_computation`: the Jacobian of each variable, stacked, and J Jᵀ."""
    return sum(compute_gramian(torch.stack(column)) for column in zip(*rows))


def concatenated(*rows):
    """TorchJD as it comes: one Jacobian of all variables."""
    return compute_gramian(torch.concat([torch.stack(column) for column in zip(*rows)], dim=1))


def exact(*rows):
    """The same rows in float64."""
    return [[tensor.double() for tensor in row] for row in rows]


BLOOP = {
    "exact": lambda *rows: plain(*exact(*rows)),
    "plain": plain,
    "in place": in_place,
    "in blocks": in_blocks,
}
GRAMIAN = {
    "exact": lambda *rows: stacked(*exact(*rows)),
    "stacked": stacked,
    "concatenated": concatenated,
}


def answer(question):
    match question:
        case {"sizes": sizes, "rows": count}:
            originals[:] = [list(values.split(sizes)) for values in matrix(count, sum(sizes))]
            rows[:] = [[torch.empty_like(tensor) for tensor in row] for row in originals]
            return {}
        case {"bloop": way}:
            (direction, average), milliseconds = timed(BLOOP[way])
            return {
                "milliseconds": milliseconds,
                "direction": sample(torch.cat(direction)),
                "average": sample(torch.cat(average)),
            }
        case {"gramian": way}:
            gramian, milliseconds = timed(GRAMIAN[way])
            return {"milliseconds": milliseconds, "gramian": gramian.flatten().tolist()}
        case {"copy": length}:
            source, target = torch.ones(length), torch.zeros(length)
            return {"milliseconds": clocked(lambda: target.copy_(source))[1]}


def matrix(count, length):
    """Rows that pull against each other."""
    common = uniform(0, length)
    return [uniform(row + 1, length) + (-0.5) ** (row % 2) * common for row in range(count)]


def timed(work):
    for row, original in zip(rows, originals):
        for tensor, source in zip(row, original):
            tensor.copy_(source)
    return clocked(lambda: work(*rows))


def clocked(work):
    start = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - start) * 1000


serve(answer)
